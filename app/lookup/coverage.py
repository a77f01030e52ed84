"""What a release can tell about itself (trust.md, "Published about ourselves"): how much of it rests on what."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from app.lookup.dates import latest

CLAIMS = ("tie", "ownership", "domain", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Claims of one type, or all: with at least one government record among their sources, at least one source with an
    archived copy, a second reviewer; and the middle day of their last verification."""

    type: str
    claims: int
    record: int
    archived: int
    reviewed: int
    verified: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`companies` are all of a release: with a tie of their own, without but with a dated search, with neither."""

    claims: tuple[Claims, ...]
    companies: int
    holders: int
    searched: int
    unsearched: int
    kinds: Mapping[str, int]
    statuses: Mapping[str, int]
    evidence: Mapping[str, int]
    disputed: int


def coverage(records: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Coverage:
    """The figures of a release, from (type, company, record) of everything said about companies."""
    counts: dict[str, Counter[str]] = {type_: Counter() for type_ in ("all", *CLAIMS)}
    days: dict[str, list[int]] = {type_: [] for type_ in ("all", *CLAIMS)}
    ties: dict[str, Counter[str]] = {name: Counter() for name in ("kind", "status", "evidence", "claim_status")}
    companies: dict[str, set[str]] = {"company": set(), "tie": set(), "research": set()}
    for type_, company, body in records:
        if type_ in companies:
            companies[type_].add(company)
        if type_ not in CLAIMS:
            continue
        for name in ("all", type_):
            counts[name].update(_marks(body))
            days[name].append(latest(body["verified_at"]).toordinal())
        if type_ == "tie":
            for member, counted in ties.items():
                counted[body.get(member, "published")] += 1
    searched = companies["research"] - companies["tie"]
    return Coverage(
        claims=tuple(_claims(type_, counts[type_], days[type_]) for type_ in counts),
        companies=len(companies["company"]),
        holders=len(companies["tie"]),
        searched=len(searched),
        unsearched=len(companies["company"] - companies["tie"] - searched),
        kinds=dict(ties["kind"].most_common()),
        statuses=dict(ties["status"].most_common()),
        evidence=dict(ties["evidence"].most_common()),
        disputed=ties["claim_status"]["disputed"],
    )


def _marks(body: Mapping[str, Any]) -> list[str]:
    sources = body["sources"]
    marks = {
        "claims": True,
        "record": any(source["type"] == "government_record" for source in sources),
        "archived": any(source.get("archive_url") for source in sources),
        "reviewed": bool(body.get("reviewed_by")),
    }
    return [name for name, there in marks.items() if there]


def _claims(type_: str, counted: Counter[str], days: list[int]) -> Claims:
    verified = date.min + timedelta(days=int(median(days)) - 1) if days else None
    return Claims(
        type=type_,
        claims=counted["claims"],
        record=counted["record"],
        archived=counted["archived"],
        reviewed=counted["reviewed"],
        verified=verified,
    )
