"""The first page of the console: what waits for somebody, and how business goes."""
