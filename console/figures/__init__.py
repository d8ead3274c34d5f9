"""Rollups of how business went: counted in the background, read by the first page, checked."""
