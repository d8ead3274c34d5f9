"""Going live: the checklist, what is tried out for it, and the switch of live payments."""
