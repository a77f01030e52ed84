"""Ties on a line of time, as SVG made on the server. A picture for the eye alone: the list that it stands in says the
same in words. Told apart by shape, never by colour. No text of the data is drawn, only years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.lookup.answer import TieOut
from app.lookup.dates import earliest, latest

STEPS = (1, 2, 5, 10, 20, 50)
TICKS = 6
LEAST = 0.8  # per cent of the width: what is shorter would not be seen
LEAD = 5.0  # per cent: how far a line reaches back whose beginning is not known
ROOM = 88.0  # per cent: a year further right has no room for its label on a phone
MIDDLE = 9


@dataclass(frozen=True, slots=True)
class Timeline:
    """The axis, and a drawing for each tie by its id."""

    axis: Markup
    spans: dict[str, Markup]


def timeline(ties: Sequence[TieOut], made: date) -> Timeline | None:
    """Ties between the first date that is known of them and the day on which the release was made; None without
    ties. Solid: from the first to the last day that is known. Thin with an arrow: not known to have ended. Hollow with
    a cap: ended. Cut: disputed."""
    if not ties:
        return None
    days = [day for tie in ties for day in (_first(tie), _last(tie))]
    scale = _Scale(date(min(days).year, 1, 1), max(*days, made))
    drawn = {tie.id: Markup(_span(tie, scale)) for tie in ties}  # noqa: S704  numbers of ours alone
    return Timeline(axis=Markup(_axis(scale)), spans=drawn)  # noqa: S704


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def at(self, day: date) -> float:
        """Where a day lies, in per cent of the width."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(min(max(share, 0), 1) * 98, 1) + 1


def _first(tie: TieOut) -> date:
    """The first day of which something is known: the beginning, else the date of an amount."""
    if tie.valid_from:
        return earliest(tie.valid_from)
    return min([earliest(amount.as_of) for amount in tie.amounts] + [_last(tie)])


def _last(tie: TieOut) -> date:
    """The last day of which something is known."""
    ended = tie.valid_to if tie.status == "ended" else None
    return latest(ended or tie.status_as_of)


def _axis(scale: _Scale) -> str:
    years = scale.last.year - scale.first.year + 1
    step = next((step for step in STEPS if years / step <= TICKS), STEPS[-1])
    ticks = [(year, scale.at(date(year, 1, 1))) for year in range(scale.first.year, scale.last.year + 1, step)]
    lines = "".join(f'<line x1="{x}%" x2="{x}%" y2="100%"/>' for _, x in ticks)
    grid = f'<g id="grid" stroke="currentColor" stroke-opacity=".3">{lines}</g>'
    labels = "".join(f'<text x="{x}%" y="15" dx="4">{year}</text>' for year, x in ticks if x < ROOM)
    return f'<svg class="axis" width="100%" height="22" aria-hidden="true">{grid}{labels}</svg>'


def _span(tie: TieOut, scale: _Scale) -> str:
    end = scale.at(_last(tie))
    start = min(scale.at(_first(tie)), max(end - LEAST, 0))
    parts = ['<use href="#grid"/>']
    if not tie.valid_from:
        parts.append(_line(max(start - LEAD, 0), start, 2, ' stroke-dasharray="2 3"'))
    parts += [_bar(tie, start, end), *_after(tie, end)]
    return f'<svg class="span" width="100%" height="18" aria-hidden="true">{"".join(parts)}</svg>'


def _line(start: float, end: float, width: float, more: str = "") -> str:
    place = f'x1="{start:g}%" x2="{end:g}%" y1="{MIDDLE}" y2="{MIDDLE}"'
    return f'<line {place} stroke="currentColor" stroke-width="{width:g}"{more}/>'


def _bar(tie: TieOut, start: float, end: float) -> str:
    cut = ' stroke-dasharray="7 3"' if tie.claim_status == "disputed" else ""
    if tie.status != "ended":
        return _line(start, end, 10, cut)
    place = f'x="{start:g}%" width="{end - start:.1f}%" y="{MIDDLE - 4}" height="8"'
    return f'<rect {place} fill="none" stroke="currentColor" stroke-width="1.5"{cut}/>'


def _after(tie: TieOut, end: float) -> list[str]:
    """What follows the last day that is known."""
    if tie.status == "ended":
        return [f'<line x1="{end:g}%" x2="{end:g}%" y1="1" y2="17" stroke="currentColor" stroke-width="3"/>']
    if tie.status == "active" and end < 98:
        head = '<svg x="99%" overflow="visible"><path d="M-7 4 0 9-7 14" fill="none" stroke="currentColor"/></svg>'
        return [_line(end, 99, 1.5), head]
    if tie.status in ("unknown", "ending_announced"):
        return [f'<text x="{end:g}%" dx="5" y="14" font-weight="700">{"?" if tie.status == "unknown" else "…"}</text>']
    return []
