"""From a record's JSON to facts: one function a type. The JSON has the names of the dataclasses' fields."""

from typing import Any

from app.domains.match import Entry
from app.lookup import facts

Body = dict[str, Any]


def stop(id_: str, body: Body) -> Entry:
    """A name that is no company's own, or a platform operator's."""
    return Entry(name=id_, platform_id=id_.replace(".", "-"), **body)


def agency(id_: str, body: Body) -> facts.Agency:
    """An agency."""
    return facts.Agency(id=id_, **body)


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


def _claim(body: Body) -> Body:
    history = tuple(facts.ClaimChange(**change) for change in body.get("history", ()))
    return {**body, "sources": tuple(_source(source) for source in body["sources"]), "history": history}


def _source(source: Body) -> facts.Source:
    dataset = source.get("dataset")
    return facts.Source(**{**source, "dataset": facts.Dataset(**dataset) if dataset else None})
