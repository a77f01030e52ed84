"""Selects what pages about the whole release are made of: its names, its addresses, its claims."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.db import ReadSession
from app.lookup.spelling import Named
from app.models import Record
from app.queries.read import in_release, published

PART = 10_000
CLAIMS = ("company", "domain", "note", "ownership", "research", "tie")


def named(session: ReadSession, release: int) -> list[Named]:
    """The companies and agencies of a release with all their names."""
    query = select(Record.id, Record.name, Record.legal_name).where(published("company", release))
    companies = [
        Named(kind="company", id=id_, name=name or id_, also=(legal,) if legal else ())
        for id_, name, legal in session.execute(query.order_by(Record.id))
    ]
    agencies = select(Record.id, Record.body).where(published("agency", release)).order_by(Record.id)
    for id_, body in session.execute(agencies):
        told = json.loads(body)
        companies.append(Named(kind="agency", id=id_, name=told["name"], also=(told["short_name"],)))
    return companies


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
