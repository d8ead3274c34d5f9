"""Signs of attacks, and what is done against them now: what every request may note and ask."""
