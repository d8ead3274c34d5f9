"""Drafts of rules: held against the accounts there are, and over payments that were made."""
