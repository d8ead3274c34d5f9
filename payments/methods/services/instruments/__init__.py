"""Processors' own names of payment methods: given by merchants, learned from charges, used."""
