"""What processes count while they work, for whoever watches over them."""
