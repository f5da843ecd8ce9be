"""Where training the network with all its weights ends."""
