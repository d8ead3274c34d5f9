"""The page of one request: who asked for what, the answer in words, and what came of it."""
