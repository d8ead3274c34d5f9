"""The page of one payout: where it stands and why, what it pays, what happened to it."""
