"""The operators' console: what joins rooms on one page."""
