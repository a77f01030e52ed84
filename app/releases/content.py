"""The hash of what a release says, whatever file or order it is written in."""

import hashlib
from collections.abc import Iterable


def record_line(type_: str, id_: str, text: str) -> str:
    """What the content hash is made of, for one record given as JSON with sorted keys and without white space."""
    return f"{type_} {id_} {hashlib.sha256(text.encode()).hexdigest()}"


def content_hash(lines: Iterable[str]) -> str:
    """SHA-256 over the sorted lines `type id digest` of all records of a release."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
