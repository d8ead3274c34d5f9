"""Our accounts at processors: what is kept of them, and what is made of them."""
