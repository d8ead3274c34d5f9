"""What the entries of something that was not done would do."""
