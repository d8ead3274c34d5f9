"""The programs of a home, run in copies of one process that has loaded the application.

All of them need the same code, and to load it takes seconds of a processor and a hundred
megabytes. The fork server loads it once; a copy of it shares the memory and begins at once.
"""
