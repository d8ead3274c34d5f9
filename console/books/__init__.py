"""The books: checks, trial balance, statements, exports, and closed days."""
