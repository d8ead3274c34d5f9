"""What people of the console write down about an object, for whoever comes next."""
