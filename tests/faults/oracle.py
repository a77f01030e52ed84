"""What the service must say, worked out from the seed files alone: slowly, plainly, and without any code of app/.

It knows what the faults' worlds hold: companies with domains, owners, ties, notes and research, platforms and
governments. Names that the Public Suffix List alone forbids are not asked for.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Record = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """The parts of an answer that a wrong answer would have wrong."""

    domain: str | None
    state: str
    company: str | None
    chain: tuple[str, ...]
    ties: frozenset[tuple[str, str, str, str, str]]
    notes: frozenset[str]


class Oracle:
    """Reads a folder of seed files once; answers by going through all of them."""

    def __init__(self, folder: Path) -> None:
        self.companies = [_read(path) for path in sorted((folder / "companies").glob("*.yml"))]
        self.hosted = _read(folder / "hosted.yml")

    def expected(self, host: str) -> Expected:
        labels = host.split(".")
        for at in range(len(labels)):
            name = ".".join(labels[at:])
            found = self._speaks(name, at == 0)
            if found is not None:
                company, stopped = found
                return self._about(name, company) if company else _nothing("not_applicable", stopped)
        return _nothing("not_researched", None)

    def _speaks(self, name: str, itself: bool) -> tuple[str | None, str | None] | None:
        """The company that a name speaks for, or the name as a stop; None where it is no name of ours."""
        for government in self.hosted["governments"]:
            if government["suffix"] == name:
                return None, name
        for platform in self.hosted["platforms"]:
            if name in [f"{own}.{platform['name']}" for own in platform.get("own", [])]:
                return platform["company"], None
            if platform["name"] == name:
                what = platform["apex"] if itself else platform.get("children", "stop")
                company = platform.get("company")
                return (company, None) if what == "company" and company else (None, name)
        for company in self.companies:
            for domain in company.get("domains", []):
                if domain["name"] == name and _stands(domain) and "valid_to" not in domain:
                    return company["id"], None
        return None

    def _about(self, name: str, company: str) -> Expected:
        chain = self._chain(company)
        related = [(company, "own", "")]
        related += [(below, "subsidiary", since) for below, since in self._below(company)]
        related += [
            (hop["owner"], "owner", max(_first(one) for one in chain[: at + 1])) for at, hop in enumerate(chain)
        ]
        ties = [
            (tie, holder, relation)
            for holder, relation, since in related
            for tie in self._company(holder).get("ties", [])
            if _stands(tie) and not (tie["status"] == "ended" and _last(tie) < since)
        ]
        owners = [company, *(hop["owner"] for hop in chain)]
        return Expected(
            domain=name,
            state=self._state(owners, ties),
            company=company,
            chain=tuple(owners[1:]),
            ties=frozenset((t["id"], relation, holder, t["title"], t["status"]) for t, holder, relation in ties),
            notes=frozenset(n["id"] for one in owners for n in self._company(one).get("notes", []) if _stands(n)),
        )

    def _state(self, owners: list[str], ties: list[tuple[Record, str, str]]) -> str:
        live = {relation for tie, _, relation in ties if tie["status"] != "ended"}
        if "own" in live or "subsidiary" in live:
            return "documented"
        if live:
            return "via_owner"
        if ties:
            return "ended"
        return "none_found" if all(self._company(one).get("research") for one in owners) else "not_researched"

    def _company(self, name: str) -> Record:
        return next(company for company in self.companies if company["id"] == name)

    def _hops(self, company: Record) -> list[Record]:
        return [hop for hop in company.get("owners", []) if _stands(hop) and _controls(hop)]

    def _chain(self, company: str) -> list[Record]:
        hops = self._hops(self._company(company))
        return [hops[0], *self._chain(hops[0]["owner"])] if hops else []

    def _below(self, company: str, since: str = "") -> list[tuple[str, str]]:
        """The companies under control, each with the latest acquisition on the way to it."""
        found = []
        for other in self.companies:
            for hop in self._hops(other):
                if hop["owner"] == company:
                    latest = max(since, _first(hop))
                    found += [(other["id"], latest), *self._below(other["id"], latest)]
        return found


def _read(path: Path) -> Record:
    found: Record = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    return found


def _stands(claim: Record) -> bool:
    return bool(claim.get("claim_status") != "retracted")


def _controls(hop: Record) -> bool:
    return hop["kind"] != "minority" and "valid_to" not in hop


def _first(hop: Record) -> str:
    """The first day that the date of an acquisition can mean."""
    return str(hop.get("valid_from", ""))


def _last(tie: Record) -> str:
    """Behind the last day that the end of a tie can mean: a date that is known to the month sorts after its days."""
    return str(tie.get("valid_to", tie["status_as_of"])) + "~"


def _nothing(state: str, domain: str | None) -> Expected:
    return Expected(domain, state, None, (), frozenset(), frozenset())


def wrong(host: str, answer: Record, expected: Expected) -> str | None:
    """What an answer has wrong, in words; None where it is right."""
    said = Expected(
        domain=answer["domain"],
        state=answer["state"],
        company=answer["company"] and answer["company"]["id"],
        chain=tuple(hop["owner"] for hop in answer["ownership"]),
        ties=frozenset((t["id"], t["relation"], t["held_by"], t["title"], t["status"]) for t in answer["ties"]),
        notes=frozenset(note["id"] for note in answer["notes"]),
    )
    if answer["query"] != host:
        return f"asked for {host}, answered for {answer['query']}"
    return None if said == expected else f"{host}: {said} instead of {expected}"
