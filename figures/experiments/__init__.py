"""What is computed: the experiments behind the figures, case by case."""
