"""What every operation on money is made of: one transaction, locks, recovery, rounds."""
