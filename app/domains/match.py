# TEMPORARY (lead): the domains helper overwrites this file.
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    company: str | None
    apex: Literal["company", "stop"]
    children: Literal["company", "stop"]
    kind: Literal["domain", "hosted", "government", "suffix"]
    platform: str | None
    platform_id: str | None


@dataclass(frozen=True, slots=True)
class Match:
    entry: Entry
    action: Literal["company", "stop"]


def match(name: str, index: Mapping[str, Entry]) -> Match | None:
    at, rest = 0, name
    while True:
        entry = index.get(rest)
        if entry:
            if entry.kind == "suffix" and at:
                return None
            return Match(entry, entry.children if at else entry.apex)
        dot = rest.find(".")
        if dot < 0:
            return None
        rest, at = rest[dot + 1 :], at + 1
