"""The answer about a host, as bytes with their tag: what the routes and the hot path both send.

A company's answer is kept once for all its hosts, with an empty query. Hosts that the same name of the release speaks
for have one answer but for the host itself, so that answer is kept in parts, between which the host belongs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from app.cache import Value
from app.domains.match import match
from app.domains.names import Host
from app.lookup.answer import Answer
from app.lookup.service import Hit, resolve
from app.render.schemas import ANSWER
from app.render.wording import Lang, with_summary
from app.web.current import Edition, Library, Parts

# Brings a company's answer, or None where it is not to be waited for.
Bring = Callable[[Edition, str, Lang], Value | None]
# How a company's kept answer begins.
EMPTY: Final = b'{"query":"","domain":null,'
# Stands for the host in what is kept: no host and no text of ours has this character. JSON writes it so:
MARK, MARKED = "\x1a", b"\\u001a"


@dataclass(slots=True)
class Tagged:
    """A body and the tag of its content. A tag is of one address, so it need not tell one host from another."""

    body: bytes
    tag: str


def answer(library: Library, edition: Edition, host: Host, lang: Lang) -> Tagged:
    """The JSON answer about a host."""
    found = _answer(edition, host, lang, library.answer)
    assert found is not None, "the library waits for what it lacks"
    return found


def known_answer(library: Library, edition: Edition, host: Host, lang: Lang) -> Tagged | None:
    """The same from this process's memory alone, or None where it lacks something. Never waits."""
    return _answer(edition, host, lang, library.known_answer)


def _answer(edition: Edition, host: Host, lang: Lang, bring: Bring) -> Tagged | None:
    key = _meaning(host, edition, lang)
    parts = edition.parts.get(key)
    if parts is None:
        parts = _parts(edition, host, lang, bring)
        if parts is None:
            return None
        edition.parts.put(key, parts)
    # No host name has a character that JSON escapes: see app/domains/names.py.
    return Tagged(host.name.encode().join(parts.around) + parts.rest, parts.tag)


def _meaning(host: Host, edition: Edition, lang: Lang) -> tuple[object, ...]:
    """What an answer depends on, of all that a host can be."""
    if host.reason:
        return host.reason, lang
    found = match(host.name, edition.index)
    return (found.entry.name, found.action, lang) if found else (None, lang)


def _parts(edition: Edition, host: Host, lang: Lang, bring: Bring) -> Parts | None:
    found = resolve(host, edition.index, edition.release)
    if isinstance(found, Hit):
        value = bring(edition, found.company, lang)
        return _of_company(found, value) if value else None
    return _of_none(found, lang)


def _of_company(hit: Hit, value: Value) -> Parts:
    # Beside the company's answer only the name that matched can change, and among the names that an address can match
    # no two have one length.
    around = (b'{"query":"', f'","domain":"{hit.domain}",'.encode())
    return Parts(around, memoryview(value.body)[len(EMPTY) :], f"{value.digest.hex()[:32]}-{len(hit.domain)}")


def _of_none(found: Answer, lang: Lang) -> Parts:
    body = ANSWER.dump_json(with_summary(replace(found, query=MARK), lang))
    return Parts(tuple(body.split(MARKED)), memoryview(b""), sha256(body).hexdigest()[:32])
