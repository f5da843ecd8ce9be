"""Claims on what training and timing show."""
