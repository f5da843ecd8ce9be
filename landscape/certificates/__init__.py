"""Proofs of critical points, with their Morse indices, and of where gradient flows lead."""

from landscape.certificates.certificate import (
    Certificate,
    all_distinct,
    certify,
    certify_complex,
)
from landscape.certificates.gradient_flow import FlowEnclosure, enclose_flow
from landscape.certificates.json_document import merge_documents

__all__ = [
    "Certificate",
    "FlowEnclosure",
    "all_distinct",
    "certify",
    "certify_complex",
    "enclose_flow",
    "merge_documents",
]
