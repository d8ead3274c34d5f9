"""The page of one payment: what it is, what it did, where its money is."""
