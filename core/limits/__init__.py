"""How much of something may be done in a time, counted by all processes together in Redis.

Without Redis each process counts for itself: nobody is refused for its absence.
"""
