"""Claims about the network D·E·B·X with B fixed."""
