"""What browsers are told: policies of answers, and names of cookies."""
