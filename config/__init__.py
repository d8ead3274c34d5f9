"""The only room that knows all others.

Nothing of it is imported here: the launcher is to start in a moment and stay small.
"""

import gc

# Python looks for garbage after every 700 objects, and what a process loads is some hundred
# thousand: that would be a tenth of its start, and more of a migration.
gc.set_threshold(50_000, 20, 100)
