"""The facts of a release that is not published: names, chains and worlds as `queries/read.py` gives them of one that
is. A world holds what answers about some companies need, so that asking costs in proportion to them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from app.domains.match import Entry, company_site
from app.lookup.facts import Ownership, Release, World
from app.queries import rows
from app.queries.read import OF_COMPANIES
from app.seeding.store import Body, Fact


class Proposed:
    """What a list of facts says. Retracted claims are left out, as in every answer."""

    def __init__(self, facts: Iterable[Fact], release: Release) -> None:
        self.release = release
        self._by_type: dict[str, list[tuple[str, Body]]] = defaultdict(list)
        for fact in facts:
            body = fact.body
            if body.get("claim_status") != "retracted":
                self._by_type[fact.type].append((fact.id, body))
        for listed in self._by_type.values():
            listed.sort(key=lambda pair: pair[0])

    def records(self) -> Iterator[tuple[str, str, Body]]:
        """(type, company, record) of everything, as `queries/pages.py` gives them of a release."""
        for type_, listed in self._by_type.items():
            for id_, body in listed:
                yield type_, id_ if type_ == "company" else body.get("company", ""), body

    @cached_property
    def index(self) -> dict[str, Entry]:
        """Every name: companies' domains that are in use, and stops, which stand where both have the name."""
        domains = (body for _, body in self._by_type["domain"] if body.get("valid_to") is None)
        found = {body["name"]: company_site(body["name"], body["company"]) for body in domains}
        return found | {id_: rows.stop(id_, body) for id_, body in self._by_type["stop"]}

    @cached_property
    def companies(self) -> set[str]:
        """The ids of all companies."""
        return {id_ for id_, _ in self._by_type["company"]}

    @cached_property
    def _edges(self) -> list[Ownership]:
        return [rows.ownership(id_, body) for id_, body in self._by_type["ownership"]]

    @cached_property
    def _above(self) -> dict[str, tuple[Ownership, ...]]:
        return rows.group(self._edges, "company")

    @cached_property
    def _below(self) -> dict[str, tuple[Ownership, ...]]:
        return rows.group(self._edges, "owner")

    def mentioning(self, companies: Collection[str], agencies: Collection[str]) -> Iterator[str]:
        """The holders of ties that are with one of these agencies, or whose contractor or speaker is one of these
        companies: their answers name them."""
        for _, body in self._by_type["tie"]:
            named = {body.get("via"), *(said["by"] for said in body.get("statements", ()))}
            if body["agency"] in agencies or not named.isdisjoint(companies):
                yield body["company"]

    def _edges_of(self, companies: Collection[str]) -> list[Ownership]:
        found: dict[str, Ownership] = {}
        for edges, far in ((self._above, "owner"), (self._below, "company")):
            waiting, seen = list(companies), set(companies)
            while waiting:
                for edge in edges.get(waiting.pop(), ()):
                    found[edge.id] = edge
                    if (name := getattr(edge, far)) not in seen:
                        seen.add(name)
                        waiting.append(name)
        return [found[name] for name in sorted(found)]

    def world(self, companies: Collection[str]) -> World:
        """What answers about these companies need: their owners, what they control or controlled, and the contractors
        and speakers that their ties name."""
        edges = self._edges_of(companies)
        wanted = {*companies, *(name for edge in edges for name in (edge.company, edge.owner))}
        found = {type_: self._records(type_, wanted) for type_ in OF_COMPANIES}
        ties = rows.group((rows.tie(id_, body) for id_, body in found["tie"]), "held_by")
        named = {tie.via for held in ties.values() for tie in held if tie.via}
        named |= {said.by for held in ties.values() for tie in held for said in tie.statements}
        found["company"] += self._records("company", named - wanted)
        return World(
            release=self.release,
            companies=rows.companies(found, ties),
            agencies={id_: rows.agency(id_, body) for id_, body in self._by_type["agency"]},
            owners=rows.group(edges, "company"),
            owned=rows.group(edges, "owner"),
        )

    def _records(self, type_: str, wanted: Collection[str]) -> list[tuple[str, Body]]:
        listed = self._by_type[type_]
        return [(id_, body) for id_, body in listed if (id_ if type_ == "company" else body["company"]) in wanted]
