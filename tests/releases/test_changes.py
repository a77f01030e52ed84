"""What became of a record, in one word."""

from typing import Any

import pytest

from app.releases.changes import kind_of

CORRECTED = {"date": "2026-03", "status": "corrected", "note": "The date."}
DISPUTED = {"date": "2026-02", "status": "disputed", "note": "They say no."}
PUBLISHED = {"date": "2026-04", "status": "published", "note": "Settled."}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"title": "a"}, {"title": "b"}, "changed"),
        ({"status": "active"}, {"status": "ended", "valid_to": "2020"}, "ended"),
        ({}, {"valid_to": "2020"}, "ended"),
        ({"valid_to": "2020"}, {"valid_to": "2021"}, "changed"),
        ({}, {"claim_status": "disputed", "history": [DISPUTED]}, "disputed"),
        (
            {"claim_status": "disputed", "history": [DISPUTED]},
            {"claim_status": "disputed", "history": [DISPUTED], "title": "b"},
            "changed",
        ),
        (
            {"claim_status": "disputed", "history": [DISPUTED]},
            {"claim_status": "published", "history": [DISPUTED, PUBLISHED]},
            "changed",
        ),
        (
            {"claim_status": "corrected", "history": [CORRECTED]},
            {"claim_status": "corrected", "history": [CORRECTED, CORRECTED | {"note": "The amount."}]},
            "corrected",
        ),
        ({"status": "active"}, {"claim_status": "retracted", "history": []}, "retracted"),
    ],
)
def test_kinds(before: dict[str, Any], after: dict[str, Any], kind: str) -> None:
    assert kind_of(before, after) == kind
