"""Claims on butterfly networks and their numbers of weights."""
