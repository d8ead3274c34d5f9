"""What more than one endpoint of payments takes: types and shapes only."""
