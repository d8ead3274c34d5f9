"""Placeholder until the launcher is there."""
