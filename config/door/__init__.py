"""Taking in whole requests, or refusing them, before a thread is taken.

The server is Granian, whose event loop holds the sockets; views run in a few threads. Between
both stands this door, so that a client that does not speak, or does not listen, costs a few
kilobytes and never a thread.
"""
