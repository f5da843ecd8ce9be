"""Row spaces of E·B in rational numbers: points, the gain there, and motions that zeros hide."""
