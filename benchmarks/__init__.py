"""Speed of the library, side by side with a copy of the array and with other libraries."""
