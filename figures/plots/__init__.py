"""What is drawn: the drawings that several figures share."""
