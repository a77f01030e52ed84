"""Award records as the interface gives them: pages of awards, sums, CSV. Money is a decimal string in US dollars."""

import csv
import io
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from app.lookup.answer import CompanyRef, award_url
from app.models import Award, AwardRollup
from app.queries.awards import Imported
from app.render.money import decimal

CURRENCY = "USD"


class RecipientOut(BaseModel):
    """The legal recipient, as written in the record."""

    name: str | None
    uei: str | None
    cage: str | None


class YearOut(BaseModel):
    """What was obligated in one fiscal year, which begins on 1 October of the year before."""

    fiscal_year: int
    obligated: str


class AwardOut(BaseModel):
    """One award record. `held_by` is the company that it was given to, where that is another one, owned at the time;
    `matched_by` and `matched_value` say by what. Of a subaward `key` and `url` are the prime award's, `prime` is the
    firm that holds that if it is a curated company's name, else null, and `obligated` is the subaward's amount."""

    key: str
    url: str
    kind: str
    number: str | None
    agency: str
    held_by: CompanyRef
    recipient: RecipientOut
    matched_by: str
    matched_value: str
    prime: str | None
    obligated: str
    deobligated: str
    current_value: str | None
    potential_value: str | None
    currency: str = CURRENCY
    years: list[YearOut]
    first_action: str
    last_action: str
    ends: str | None
    actions: int
    modifications: int
    ended: str | None
    figures: str
    parent_award: str | None
    description: str | None


class SumOut(BaseModel):
    """Sums over a company's awards with one agency; `fiscal_year` null is all of them."""

    agency: str
    fiscal_year: int | None
    awards: int
    actions: int
    obligated: str
    deobligated: str
    current_value: str | None
    potential_value: str | None
    first_action: str | None
    last_action: str | None
    subawards: int
    subaward_amount: str


class ImportedOut(BaseModel):
    """The period that the imported files cover, the date of the newest, and their names."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str | None = Field(alias="from")
    to: str | None
    made: str | None
    files: list[str]


class AwardList(BaseModel):
    """A page of awards, the largest first; `next` is the address of the following page."""

    awards: list[AwardOut]
    sums: list[SumOut]
    imported: ImportedOut
    next: str | None


def award_out(award: Award, years: Mapping[int, int], names: Mapping[str, str]) -> AwardOut:
    """An award with its years (fiscal year → cents)."""
    holder = award.held_by
    return AwardOut(
        key=award.key,
        url=award_url(award.key),
        kind=award.kind,
        number=award.number or None,
        agency=award.agency,
        held_by=CompanyRef(id=holder, name=names.get(holder, holder), url=f"/companies/{holder}"),
        recipient=RecipientOut(name=award.recipient, uei=award.uei, cage=award.cage),
        matched_by=award.matched_by,
        matched_value=award.matched_value,
        prime=award.prime,
        obligated=decimal(award.obligated),
        deobligated=decimal(award.deobligated),
        current_value=_maybe(award.current_value),
        potential_value=_maybe(award.potential_value),
        years=[YearOut(fiscal_year=year, obligated=decimal(cents)) for year, cents in sorted(years.items())],
        first_action=award.first_action,
        last_action=award.last_action,
        ends=award.ends,
        actions=award.actions,
        modifications=award.modifications,
        ended=award.ended,
        figures=award.figures,
        parent_award=award.parent_award,
        description=award.description,
    )


def sum_out(row: AwardRollup) -> SumOut:
    """One row of sums."""
    return SumOut(
        agency=row.agency,
        fiscal_year=row.fiscal_year or None,
        awards=row.awards,
        actions=row.actions,
        obligated=decimal(row.obligated),
        deobligated=decimal(row.deobligated),
        current_value=_maybe(row.current_value),
        potential_value=_maybe(row.potential_value),
        first_action=row.first_action,
        last_action=row.last_action,
        subawards=row.subawards,
        subaward_amount=decimal(row.subaward_amount),
    )


def imported_out(imported: Imported) -> ImportedOut:
    """What was imported."""
    return ImportedOut(from_=imported.since, to=imported.until, made=imported.made, files=list(imported.files))


def _maybe(cents: int | None) -> str | None:
    return None if cents is None else decimal(cents)


COLUMNS = (
    *("key", "url", "kind", "number", "agency", "held_by", "recipient", "uei", "cage", "matched_by", "matched_value"),
    *("prime", "obligated", "deobligated", "current_value", "potential_value", "currency", "first_action"),
    *("last_action", "ends", "actions", "modifications", "ended", "figures", "parent_award", "description"),
)


def csv_rows(awards: Iterable[AwardOut], *, header: bool) -> str:
    """Awards as CSV lines (RFC 4180), with their column names where `header` asks for them."""
    text = io.StringIO()
    writer = csv.writer(text)
    if header:
        writer.writerow(COLUMNS)
    for award in awards:
        flat = {**dict(award), "held_by": award.held_by.id, "recipient": award.recipient.name}
        flat |= {"uei": award.recipient.uei, "cage": award.recipient.cage}
        writer.writerow([_cell(flat[name]) for name in COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula is shown as text; numbers keep their sign."""
    is_number = isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value and not is_number else value
