"""The only room that knows all others.

Nothing is imported here: the launcher is to start in a moment and stay small.
"""
