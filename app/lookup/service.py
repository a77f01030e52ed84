"""From a host to what is said about it: match it in the release's names, and name the company or the reason why none
is meant. Loading and rendering the company's answer is the caller's part, so this needs no I/O."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from app.domains.match import Entry, match
from app.domains.names import Host
from app.lookup.answer import Answer, Reason, bare_answer
from app.lookup.answer import Host as Platform
from app.lookup.facts import Release

Index = Mapping[str, Entry]


class Hit(NamedTuple):
    """A host that a company operates: the company's id and the name that matched."""

    company: str
    domain: str


def resolve(host: Host, index: Index, release: Release) -> Hit | Answer:
    """The company that operates a host, or the whole answer where none in the data does."""
    if host.reason:
        return bare_answer(host.name, "not_applicable", release, host.reason)
    found = match(host.name, index)
    if found is None:
        return bare_answer(host.name, "not_researched", release)
    if found.action == "company" and found.entry.company:
        return Hit(found.entry.company, found.entry.name)
    return _stopped(host, found.entry, release)


def _stopped(host: Host, entry: Entry, release: Release) -> Answer:
    assert entry.kind != "domain", "a company's domain is never a stop"
    reason: Reason = entry.kind
    answer = replace(bare_answer(host.name, "not_applicable", release, reason), domain=entry.name)
    if reason != "hosted":
        return answer
    platform = Platform(id=entry.platform_id or entry.name, name=entry.platform or entry.name)
    return replace(answer, host=platform)
