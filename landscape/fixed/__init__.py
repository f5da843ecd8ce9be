"""The network with a fixed encoder B: loss, derivatives, critical points, the loss with D and E eliminated."""
