"""The operators' pages of accounts at processors."""
