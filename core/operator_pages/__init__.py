"""What the operators' pages of all rooms are made of."""
