"""From a host's name to the name in the release that speaks for it: the longest one that is the host or stands above
it. Pure; the twin of `match` in extension/lib/match.js, with tests/vectors/matches.json run by both. The Public Suffix
List has no part in it: what it forbids stands in the index as stops.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Action = Literal["company", "stop"]
Kind = Literal["domain", "hosted", "government", "suffix"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in the release.

    `apex` says what the name itself is: its company's own site, or a stop where no company is named; `children` says
    it of the names below. `platform` is the display name of a platform that tenants put their content on, and
    `platform_id` its stable id.
    """

    name: str
    company: str | None
    apex: Action
    children: Action
    kind: Kind
    platform: str | None
    platform_id: str | None


def company_site(name: str, company: str) -> Entry:
    """A company's own name."""
    return Entry(name, company, "company", "company", "domain", None, None)


class Match(NamedTuple):
    """The entry that speaks for a host, and what it says of that host."""

    entry: Entry
    action: Action


def match(name: str, index: Mapping[str, Entry]) -> Match | None:
    """The first entry on the way up from `name`, a canonical host name, label by label; None if there is none."""
    entry = index.get(name)
    if entry is not None:
        return Match(entry, _at_apex(entry))
    rest = name
    while rest:
        rest = rest.partition(".")[2]
        entry = index.get(rest)
        if entry is not None:
            return _below(entry)
    return None


def _at_apex(entry: Entry) -> Action:
    return "stop" if entry.kind in ("suffix", "government") else entry.apex


def _below(entry: Entry) -> Match | None:
    """A public suffix says nothing of the names that others registered under it, a government's of all of them."""
    if entry.kind == "suffix":
        return None
    return Match(entry, "stop" if entry.kind == "government" else entry.children)
