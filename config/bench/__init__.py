"""`make bench`: how fast it is, measured on a stack of its own beside pgbench's TPC-B."""
