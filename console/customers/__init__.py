"""The page of one customer: who it is, what it paid and with what, what came of it."""
