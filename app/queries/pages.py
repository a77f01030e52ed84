"""Selects what pages about the whole release are made of: its names, its addresses, its claims."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.db import ReadSession
from app.lookup.spelling import Kind, Named
from app.models import Record
from app.queries.read import in_release, published

PART = 10_000
CLAIMS = ("company", "domain", "note", "ownership", "research", "tie")


def named(session: ReadSession, release: int) -> list[Named]:
    """The companies and agencies of a release with all their names."""
    return [*_named(session, release, "company", "legal_name"), *_named(session, release, "agency", "short_name")]


def _named(session: ReadSession, release: int, kind: Kind, other: str) -> Iterator[Named]:
    query = select(Record.id, Record.body).where(published(kind, release)).order_by(Record.id)
    for id_, body in session.execute(query):
        told = json.loads(body)
        also = (told[other],) if told[other] else ()
        yield Named(kind=kind, id=id_, name=told["name"], also=also, aliases=tuple(told.get("aliases", ())))


def sites_with(session: ReadSession, release: int, text: str) -> list[tuple[str, str]]:
    """(site, company) of sites that companies operate today and that have a text anywhere in them, by name."""
    operated = (published("domain", release), Record.valid_to.is_(None))
    query = select(Record.name, Record.company).where(*operated, Record.name.contains(text, autoescape=True))
    query = query.order_by(Record.name)
    return [(name or "", company or "") for name, company in session.execute(query)]


def sites_beginning(session: ReadSession, release: int, text: str, limit: int) -> list[tuple[str, str]]:
    """(site, company) of sites that companies operate today and whose names begin so."""
    operated = (published("domain", release), Record.valid_to.is_(None))
    query = select(Record.name, Record.company).where(*operated, Record.name.startswith(text, autoescape=True))
    found = session.execute(query.order_by(Record.name).limit(limit))
    return [(name or "", company or "") for name, company in found]


def tie_ids(session: ReadSession, release: int) -> list[str]:
    """The ids of all ties of a release."""
    return list(session.scalars(select(Record.id).where(published("tie", release)).order_by(Record.id)))


def holders(session: ReadSession, release: int) -> list[tuple[str, str]]:
    """(agency, company) of every tie of a release."""
    query = select(Record.agency, Record.company).where(published("tie", release))
    return [(agency or "", company or "") for agency, company in session.execute(query)]


def claims(session: ReadSession, release: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(type, company, record) of everything said about companies. Read in parts, so that no single query runs into the
    time limit of readers."""
    query = select(Record.row, Record.type, Record.company, Record.body)
    query = query.where(Record.type.in_(CLAIMS), in_release(release)).order_by(Record.row).limit(PART)
    last = 0
    while part := session.execute(query.where(Record.row > last)).all():
        for _, type_, company, body in part:
            yield type_, company or "", json.loads(body)
        last = part[-1].row
