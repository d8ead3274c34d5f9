"""What runs on servers: the table of programs, and the files that are made from it."""
