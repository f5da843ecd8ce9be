"""Claims about butterfly networks and how many weights they have."""
