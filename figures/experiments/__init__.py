"""The experiments behind the figures.

Each module computes the rows of one case from a seed and the settings of the case: ``autoencoding``
and ``sketching`` with NumPy, ``classification`` and ``tagging`` by ``training`` PyTorch networks,
``counting`` without anything random. ``durations`` and ``memory`` measure time and memory.
"""
