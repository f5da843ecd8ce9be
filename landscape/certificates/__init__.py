"""Proofs that a critical point exists, is alone in its box, and has the stated Morse index."""

from landscape.certificates.certificate import (
    Certificate,
    all_distinct,
    certify,
    certify_complex,
)
from landscape.certificates.json_document import merge_documents

__all__ = ["Certificate", "all_distinct", "certify", "certify_complex", "merge_documents"]
