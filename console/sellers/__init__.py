"""The page of one account: how it stands, what it lacks, its money, what it brought."""
