"""Payouts by files that an operator hands to a bank, and reads back from it."""
