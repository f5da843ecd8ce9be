"""One layer of a network replaced at many sizes: the tasks, their trainings, and comparisons."""
