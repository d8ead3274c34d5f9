"""What more than one endpoint of checkout takes: types and shapes only."""
