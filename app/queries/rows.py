"""From rows to facts: one function a table."""

from typing import Any

from app import models
from app.domains.match import Entry
from app.lookup import facts


def stop(row: models.Stop) -> Entry:
    """A name that is no company's own, or a platform operator's."""
    return Entry(
        name=row.id,
        company=row.company,
        apex=row.apex,  # type: ignore[arg-type]
        children=row.children,  # type: ignore[arg-type]
        kind=row.kind,  # type: ignore[arg-type]
        platform=row.platform,
        platform_id=row.id.replace(".", "-"),
    )


def agency(row: models.Agency) -> facts.Agency:
    """An agency."""
    return facts.Agency(
        id=row.id,
        name=row.name,
        short_name=row.short_name,
        country=row.country,
        parent=row.parent,
        toptier=row.toptier,
        subtier=row.subtier,
    )


def domain(row: models.DomainClaim) -> facts.DomainClaim:
    """A site."""
    return facts.DomainClaim(company=row.company, name=row.name, **_claim(row))


def ownership(row: models.Ownership) -> facts.Ownership:
    """A hop of an owner chain."""
    return facts.Ownership(company=row.company, owner=row.owner, kind=row.kind, **_claim(row))  # type: ignore[arg-type]


def note(row: models.Note) -> facts.Note:
    """A fact that is no tie."""
    return facts.Note(
        company=row.company,
        kind=row.kind,  # type: ignore[arg-type]
        date=row.date,
        text=row.text,
        agency=row.agency,
        **_claim(row),
    )


def tie(row: models.Tie) -> facts.Tie:
    """A tie with its parts."""
    amounts = tuple(
        facts.Amount(kind=a.kind, value=_money(a.value), currency=a.currency, as_of=a.as_of, source=a.source)  # type: ignore[arg-type]
        for a in row.amounts
    )
    said = tuple(facts.Statement(by=s.by, date=s.date, quote=s.quote, source=s.source) for s in row.statements)
    return facts.Tie(
        held_by=row.company,
        agency=row.agency,
        kind=row.kind,  # type: ignore[arg-type]
        via=row.via,
        via_name=row.via_name,
        status=row.status,  # type: ignore[arg-type]
        status_as_of=row.status_as_of,
        evidence=row.evidence,  # type: ignore[arg-type]
        title=row.title,
        summary=row.summary,
        recipient=row.recipient,
        uei=row.uei,
        cage=row.cage,
        amounts=amounts,
        awards=tuple(award.key for award in row.awards),
        statements=said,
        **_claim(row),
    )


def research(row: models.Research) -> facts.Research:
    """A research entry."""
    searched = tuple(facts.SearchedPlace(**place) for place in row.searched)
    return facts.Research(company=row.company, date=row.date, by=row.by, searched=searched)


def _claim(row: models.Claim) -> dict[str, Any]:
    return {
        "id": row.id,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "claim_status": row.claim_status,
        "history": tuple(facts.ClaimChange(**change) for change in row.history),
        "sources": tuple(_source(source) for source in row.sources),
        "verified_at": row.verified_at,
        "verified_by": row.verified_by,
        "reviewed_by": row.reviewed_by,
    }


def _source(row: models.Source) -> facts.Source:
    return facts.Source(
        url=row.url,
        publisher=row.publisher,
        type=row.type,  # type: ignore[arg-type]
        title=row.title,
        published_at=row.published_at,
        retrieved_at=row.retrieved_at,
        archive_url=row.archive_url,
        quote=row.quote,
        locator=row.locator,
        dataset=facts.Dataset(**row.dataset) if row.dataset else None,
    )


def _money(value: Any) -> str:
    """Cents only where there are any: 19400000, 2053653.84."""
    return f"{value:.2f}".removesuffix(".00")
