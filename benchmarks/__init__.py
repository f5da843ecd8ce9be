"""Speed of the library against a copy of the array and against other libraries, in ratios measured
side by side."""
