"""What a company's page shows of its award records: sums by agency and fiscal year, as a chart and as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.models import AwardRollup
from app.queries.awards import Imported
from app.render.charts import Bar, bars
from app.render.money import dollars
from app.render.wording import Lang, say


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRow:
    """One line of the table; `year` is None in the line that sums up an agency."""

    agency: str
    year: int | None
    awards: int
    obligated: str
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardSection:
    """The section; `chart` is an SVG element, whose figures are the table's."""

    totals: tuple[SumRow, ...]
    years: tuple[SumRow, ...]
    chart: Markup
    imported: Imported


def award_section(
    rollups: Iterable[AwardRollup], agencies: Mapping[str, str], imported: Imported, lang: Lang
) -> AwardSection | None:
    """The section of a company, or None where no award is known. `agencies` are short names by id."""
    listed = list(rollups)
    if not listed:
        return None
    years = [row for row in listed if row.fiscal_year]
    chart = bars(
        [Bar(agencies.get(row.agency, row.agency), row.fiscal_year, row.obligated) for row in years],
        say(lang, "awards.chart"),
        say(lang, "awards.rest"),
    )
    return AwardSection(
        totals=tuple(_row(row, agencies) for row in listed if not row.fiscal_year),
        years=tuple(_row(row, agencies) for row in years),
        chart=Markup(chart),  # noqa: S704  charts.py escapes every name it draws
        imported=imported,
    )


def _row(row: AwardRollup, agencies: Mapping[str, str]) -> SumRow:
    return SumRow(
        agency=agencies.get(row.agency, row.agency),
        year=row.fiscal_year or None,
        awards=row.awards,
        obligated=f"USD {dollars(row.obligated)}",
        first=row.first_action,
        last=row.last_action,
    )
