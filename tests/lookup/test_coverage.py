"""The figures of a release about itself."""

from datetime import date
from typing import Any

from app.lookup.coverage import coverage


def claim(type_: str, verified: str, *sources: dict[str, Any], **more: Any) -> tuple[str, str, dict[str, Any]]:
    return type_, more.pop("company", "a"), {"sources": sources, "verified_at": verified, **more}


RECORD = {"type": "government_record"}
PRESS = {"type": "press"}
KEPT = {"type": "press", "archive_url": "https://archive.example/1"}
TIE = {"kind": "grant", "status": "active", "evidence": "record"}


def test_shares_rest_on_what_the_sources_are() -> None:
    figures = coverage(
        [
            ("company", "a", {}),
            ("company", "b", {}),
            ("company", "c", {}),
            ("research", "b", {}),
            ("research", "a", {}),
            claim("tie", "2026-01-01", PRESS, RECORD, **TIE, reviewed_by="somebody"),
            claim("tie", "2026-01-03", PRESS, KEPT, **TIE | {"evidence": "corroborated"}, claim_status="disputed"),
            claim("domain", "2026-01-11", PRESS),
        ]
    )
    by_type = {row.type: row for row in figures.claims}
    assert (by_type["tie"].claims, by_type["tie"].record, by_type["tie"].archived, by_type["tie"].reviewed) == (
        2,
        1,
        1,
        1,
    )
    assert (by_type["all"].claims, by_type["all"].record, by_type["domain"].archived) == (3, 1, 0)
    assert by_type["all"].verified == date(2026, 1, 3)
    assert (figures.companies, figures.holders, figures.searched, figures.unsearched) == (3, 1, 1, 1)
    assert (figures.kinds, figures.evidence, figures.disputed) == ({"grant": 2}, {"record": 1, "corroborated": 1}, 1)


def test_nothing_has_no_shares_and_no_age() -> None:
    figures = coverage([])
    assert next((row.type, row.claims, row.verified) for row in figures.claims) == ("all", 0, None)
    assert figures.companies == 0
