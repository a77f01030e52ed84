"""From a record's JSON to facts: one function a type. The JSON has the names of the dataclasses' fields."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from app.domains.match import Entry
from app.lookup import facts

Body = dict[str, Any]


def stop(id_: str, body: Body) -> Entry:
    """A name that is no company's own, or a platform operator's."""
    return Entry(name=id_, platform_id=id_.replace(".", "-"), **body)


def agency(id_: str, body: Body) -> facts.Agency:
    """An agency."""
    return facts.Agency(id=id_, **{**body, "aliases": tuple(body.get("aliases", ()))})


def domain(id_: str, body: Body) -> facts.DomainClaim:
    """A site."""
    return facts.DomainClaim(id=id_, **_claim(body))


def ownership(id_: str, body: Body) -> facts.Ownership:
    """A hop of an owner chain."""
    return facts.Ownership(id=id_, **_claim(body))


def note(id_: str, body: Body) -> facts.Note:
    """A fact that is no tie."""
    return facts.Note(id=id_, **_claim(body))


def tie(id_: str, body: Body) -> facts.Tie:
    """A tie with its parts."""
    members = _claim(body)
    parts = {
        "held_by": members.pop("company"),
        "amounts": tuple(facts.Amount(**amount) for amount in members.pop("amounts", ())),
        "statements": tuple(facts.Statement(**said) for said in members.pop("statements", ())),
        "awards": tuple(members.pop("awards", ())),
    }
    return facts.Tie(id=id_, **parts, **members)


def research(_: str, body: Body) -> facts.Research:
    """A research entry."""
    searched = tuple(facts.SearchedPlace(**place) for place in body["searched"])
    return facts.Research(company=body["company"], date=body["date"], by=body["by"], searched=searched)


def group(items: Iterable[Any], by: str) -> dict[str, tuple[Any, ...]]:
    """The items by one of their members, in the order in which they come."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        groups[getattr(item, by)].append(item)
    return {name: tuple(group) for name, group in groups.items()}


def companies(
    found: dict[str, list[tuple[str, Any]]], ties: dict[str, tuple[facts.Tie, ...]]
) -> dict[str, facts.Company]:
    """Companies of the (id, JSON) of their records by type, in the order of their ids, and their ties by holder."""
    sites = group((domain(id_, body) for id_, body in found["domain"]), "company")
    told = group((note(id_, body) for id_, body in found["note"]), "company")
    dated = sorted((research(id_, body) for id_, body in found["research"]), key=lambda entry: entry.date)
    searched = group(dated, "company")
    return {
        id_: facts.Company(
            id=id_,
            name=body["name"],
            legal_name=body["legal_name"],
            aliases=tuple(body.get("aliases", ())),
            domains=sites.get(id_, ()),
            ties=ties.get(id_, ()),
            notes=told.get(id_, ()),
            research=searched.get(id_, ()),
        )
        for id_, body in found["company"]
    }


def _claim(body: Body) -> Body:
    history = tuple(facts.ClaimChange(**change) for change in body.get("history", ()))
    return {**body, "sources": tuple(_source(source) for source in body["sources"]), "history": history}


def _source(source: Body) -> facts.Source:
    dataset = source.get("dataset")
    return facts.Source(**{**source, "dataset": facts.Dataset(**dataset) if dataset else None})
