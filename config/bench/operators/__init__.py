"""What operators wait for, where there is much."""
