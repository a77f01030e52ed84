"""The answer about a host, as bytes with their tag: what the routes and the hot path both send.

A company's answer is kept once for all its hosts, with an empty query; what is said where no company is meant is kept
once for each reason. The host asked about is put in its place.
"""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from app.cache import Value
from app.domains.names import Host
from app.lookup.answer import Answer
from app.lookup.service import Hit, resolve
from app.render.schemas import ANSWER
from app.render.wording import Lang, with_summary
from app.web.current import Edition, Library

# How a company's kept answer begins.
EMPTY: Final = b'{"query":"","domain":null,'
# Stands for the host in what is kept: no host and no text of ours has this character. JSON writes it so:
MARK, MARKED = "\x1a", b"\\u001a"


@dataclass(slots=True)
class Tagged:
    """A body and the tag of its content."""

    body: bytes
    tag: str


def answer(library: Library, edition: Edition, host: Host, lang: Lang) -> Tagged:
    """The JSON answer about a host."""
    found = resolve(host, edition.index, edition.release)
    if isinstance(found, Hit):
        return _spliced(host, found, library.answer(edition, found.company, lang))
    return _bare(edition, found, lang)


def known_answer(library: Library, edition: Edition, host: Host, lang: Lang) -> Tagged | None:
    """The same from this process's memory alone, or None where it lacks something. Never waits."""
    found = resolve(host, edition.index, edition.release)
    if isinstance(found, Hit):
        value = library.known_answer(edition, found.company, lang)
        return _spliced(host, found, value) if value else None
    return _bare(edition, found, lang)


def _spliced(host: Host, hit: Hit, value: Value) -> Tagged:
    # No host name has a character that JSON escapes: see app/domains/names.py.
    head = f'{{"query":"{host.name}","domain":"{hit.domain}",'.encode()
    body = b"".join((head, memoryview(value.body)[len(EMPTY) :]))
    return Tagged(body, sha256(head + value.digest).hexdigest()[:32])


def _bare(edition: Edition, found: Answer, lang: Lang) -> Tagged:
    key = (found.state, found.reason, found.domain, found.host, lang)
    parts = edition.bare.get(key)
    if parts is None:
        body = ANSWER.dump_json(with_summary(replace(found, query=MARK), lang))
        parts = edition.bare[key] = body.split(MARKED)
    body = found.query.encode().join(parts)
    return Tagged(body, sha256(body).hexdigest()[:32])
