"""Second-order descent on the reduced loss, from one start and from many."""
