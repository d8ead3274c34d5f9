"""What whoever watches over Rialto is told: figures, heartbeats, and what to do about them."""
