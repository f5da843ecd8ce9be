"""Known transforms as products of butterflies: Fourier, cosine, sine, circulant and Toeplitz."""

from fjlt.transforms.convolution import circulant, toeplitz
from fjlt.transforms.fourier import dft, idft
from fjlt.transforms.trigonometric import dct, dst

__all__ = ["circulant", "dct", "dft", "dst", "idft", "toeplitz"]
