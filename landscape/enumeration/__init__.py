"""All critical points of the network with a trained butterfly."""
