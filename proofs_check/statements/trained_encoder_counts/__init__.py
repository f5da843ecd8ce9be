"""Claims on the number of critical points of D·E·B·X with B trained."""
