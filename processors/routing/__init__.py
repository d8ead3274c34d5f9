"""The choice of a processor account for a payment, as pure computation with a reason for all."""
