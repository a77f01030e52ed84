"""The sanity gates: a row that fails one is quarantined with rule, column and value, never guessed at (trust.md 11).

Conditions are SQL over the cells (text, by field name) and over what was read from them (`read_…`). The first gate
that a row fails is the one that is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.awards.columns import Basis, Layout

SEPARATOR = "\x1f"
DATES = ("acted", "first", "begins", "ends", "may_end", "modified")
AMOUNTS = ("obligated", "current_value", "potential_value", "all_options")
# No single action has obligated a tenth of this; the largest contracts of all are near it over their whole life.
ABSURD_CENTS = 100_000_000_000 * 100
# An action that is a hundred times what the award may ever be worth is a slip of the keyboard. Below a million
# dollars, small awards reach such ratios honestly.
ABSURD_RATIO, ABSURD_FROM_CENTS = 100, 1_000_000 * 100
# A term may be long, but nobody agrees on one in another lifetime.
FAR_YEARS = 60
# Shorter amounts equal some number by chance.
ID_DIGITS = 7

MEANINGS = {
    "no-key": "the transaction, award or subaward has no unique key, and none can be made of its parts",
    "lost-zeros": "a contract number is a bare number of fewer than four digits: zeros in front are lost, and which "
    "number it was cannot be told",
    "bad-date": "a date is missing or cannot be read",
    "bad-amount": "an amount is missing, or is no number of dollars and whole cents",
    "amount-is-id": "the amount equals a number of the contract or of the recipient",
    "absurd-amount": "the amount is beyond any contract, or a hundred times what the award's history allows",
    "agency-vendor": "the recipient is an agency of the same government",
    "future-action": "the action lies in the future",
    "impossible-period": "the term begins after it ends, or lies a lifetime away from the action",
}


@dataclass(frozen=True, slots=True)
class Gate:
    """One way to fail: the rule, the field whose value is listed, the condition in SQL."""

    rule: str
    field: str
    condition: str


def gates(layout: Layout) -> list[Gate]:
    """The gates that a file of this layout goes through, in order."""
    return [gate for gate in _all(layout.basis) if gate.field in layout.fields or gate.rule == "no-key"]


def _all(basis: Basis) -> Iterator[Gate]:
    yield Gate("no-key", "award_key", "read_key IS NULL OR read_award IS NULL OR NOT " + _FORM)
    if basis is not Basis.SUBAWARD:
        yield Gate("lost-zeros", "piid", "regexp_full_match(piid, '[0-9]{1,3}')")
        yield Gate("lost-zeros", "parent_piid", "regexp_full_match(parent_piid, '[0-9]{1,3}')")
    for field in DATES:
        missing = " OR read_acted IS NULL" if field == "acted" else ""
        yield Gate("bad-date", field, f"({field} IS NOT NULL AND read_{field} IS NULL){missing}")
    for field in AMOUNTS:
        missing = " OR read_obligated IS NULL" if field == "obligated" else ""
        yield Gate("bad-amount", field, f"({field} IS NOT NULL AND read_{field} IS NULL){missing}")
    for field in AMOUNTS[:3]:
        yield Gate("amount-is-id", field, _equals_an_id(field))
        yield Gate("absurd-amount", field, f"abs(read_{field}) > {ABSURD_CENTS}")
    yield Gate("agency-vendor", "name", _AGENCY_VENDOR)
    yield Gate("future-action", "acted", "read_acted > today")
    yield Gate("impossible-period", "begins", "modification = '0' AND read_begins > coalesce(read_may_end, read_ends)")
    for field in ("begins", "ends", "may_end"):
        far = f"abs(year(read_{field}) - year(read_acted)) > {FAR_YEARS}"
        yield Gate("impossible-period", field, far)


_FORM = "regexp_full_match(read_award, 'CONT_(AWD|IDV)_[A-Z0-9_.\\-]{1,190}')"
_AGENCY_VENDOR = (
    "lower(federal) IN ('t', 'true') OR lower(federal_agency) IN ('t', 'true') "
    "OR upper(read_name) IN (agency_name, sub_agency_name, funding_name, funding_sub_name)"
)


def _equals_an_id(field: str) -> str:
    """Whole dollars that are the digits of a number in the same row."""
    digits = f"abs(read_{field} // 100)::VARCHAR"
    numbers = "duns, parent_duns, ltrim(duns, '0'), regexp_replace(piid, '[^0-9]', '', 'g')"
    return f"abs(read_{field}) >= 1{'0' * (ID_DIGITS + 1)} AND read_{field} % 100 = 0 AND {digits} IN ({numbers})"


def fault_sql(layout: Layout) -> str:
    """The first gate that a row fails as `rule, field, value`, else null. A deletion needs its key alone."""
    cases = [
        f"WHEN {gate.condition} THEN '{gate.rule}{SEPARATOR}{gate.field}{SEPARATOR}' || coalesce({gate.field}, '')"
        for gate in gates(layout)
    ]
    gone = f"WHEN read_deleted THEN CASE WHEN read_key IS NULL THEN 'no-key{SEPARATOR}award_key{SEPARATOR}' END"
    return f"CASE {gone} {' '.join(cases)} END"
