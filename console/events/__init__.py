"""The page of one event: what happened, what changed by it, who was told and how they took it."""
