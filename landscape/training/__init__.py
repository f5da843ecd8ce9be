"""Training of the network by first-order methods, and where it ends."""
