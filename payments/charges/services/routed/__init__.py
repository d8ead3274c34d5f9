"""Charges and the processor accounts that they go to."""
