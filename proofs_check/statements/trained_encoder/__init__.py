"""Claims on the network D·E·B·X with B trained."""
