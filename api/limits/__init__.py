"""How many requests are let in: per key, account, endpoint and payer, and of wrong keys."""
