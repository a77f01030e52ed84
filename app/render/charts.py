"""Charts as SVG, made on the server: no script, no colour needed. Agencies are told apart by pattern and by their names
in the legend; the figures stand in a table behind the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 12, 28
WIDEST = 60  # a single year is a bar, no wall
# More than these cannot be told apart by pattern; the rest are drawn together.
_SQUARE = '<rect width="8" height="8" fill="none"/>'
PATTERNS = (
    _SQUARE + '<rect width="8" height="8" fill="currentColor"/>',
    _SQUARE + '<path d="M0 8L8 0M-2 2L2-2M6 10L10 6" stroke="currentColor" stroke-width="2"/>',
    _SQUARE + '<circle cx="4" cy="4" r="1.8" fill="currentColor"/>',
    _SQUARE + '<path d="M0 4H8" stroke="currentColor" stroke-width="2"/>',
    _SQUARE,
)
STEPS = (1, 2, 5, 10)
UNITS = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"))


@dataclass(frozen=True, slots=True)
class Bar:
    """What one series has in one year, in cents."""

    series: str
    year: int
    cents: int


def bars(listed: Sequence[Bar], title: str, rest: str) -> str:
    """Stacked bars of money by year, as an SVG element. Sums below zero (deobligations) hang below the line. `title` is
    read out in place of the picture; `rest` names what series beyond the fifth are drawn as. Empty without bars."""
    series = _series(listed)
    shown = [Bar(bar.series if bar.series in series else rest, bar.year, bar.cents) for bar in listed]
    if not shown:
        return ""
    names = [*series, *([rest] if any(bar.series == rest for bar in shown) else [])]
    years = list(range(min(bar.year for bar in shown), max(bar.year for bar in shown) + 1))
    high, low = _extent(shown, years)
    step = _step(high - low)
    parts = [
        f'<svg class="chart" role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f"<title>{escape(title)}</title>{_definitions(names)}",
        *_axis(low, high, step),
        *_stacks(shown, names, years, _scale(low, high, step)),
        "</svg>",
    ]
    return "".join(parts) + _legend(names)


def _series(listed: Sequence[Bar]) -> list[str]:
    """The series by their money; the last pattern is kept for the rest where there are more."""
    totals: dict[str, int] = {}
    for bar in listed:
        totals[bar.series] = totals.get(bar.series, 0) + abs(bar.cents)
    ordered = sorted(totals, key=lambda name: (-totals[name], name))
    return ordered if len(ordered) <= len(PATTERNS) else ordered[: len(PATTERNS) - 1]


def _extent(shown: Sequence[Bar], years: Sequence[int]) -> tuple[int, int]:
    """The highest stack and the lowest, in cents; never a line without height."""
    above = [sum(max(bar.cents, 0) for bar in shown if bar.year == year) for year in years]
    below = [sum(min(bar.cents, 0) for bar in shown if bar.year == year) for year in years]
    return max(*above, 100, 0), min(*below, 0)


def _step(span: int) -> int:
    """A round distance between lines, so that there are some four of them."""
    rough = max(span // 4, 1)
    power = int(f"1{'0' * (len(str(rough)) - 1)}")
    return next(factor * power for factor in STEPS if factor * power >= rough)


def _ends(low: int, high: int, step: int) -> tuple[int, int]:
    return (low // step) * step, -(-high // step) * step


@dataclass(frozen=True, slots=True)
class _Scale:
    bottom: int
    top: int

    def y(self, cents: int) -> float:
        """Where an amount lies, in units of the picture."""
        share = (cents - self.bottom) / (self.top - self.bottom)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _scale(low: int, high: int, step: int) -> _Scale:
    return _Scale(*_ends(low, high, step))


def _axis(low: int, high: int, step: int) -> list[str]:
    scale = _scale(low, high, step)
    lines = []
    for cents in range(scale.bottom, scale.top + 1, step):
        y = scale.y(cents)
        width = 1.5 if cents == 0 else 0.5
        lines.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="currentColor" stroke-width="{width}"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{short(cents)}</text>')
    return lines


def _stacks(shown: Sequence[Bar], names: Sequence[str], years: Sequence[int], scale: _Scale) -> list[str]:
    room = (WIDTH - LEFT - RIGHT) / len(years)
    every = -(-len(years) // 12)  # a label a bar would run together
    parts = []
    for at, year in enumerate(years):
        width = round(min(room * 0.7, WIDEST), 1)
        x = round(LEFT + room * (at + 0.5) - width / 2, 1)
        over = under = 0
        for number, name in enumerate(names):
            cents = sum(bar.cents for bar in shown if bar.year == year and bar.series == name)
            start = over if cents >= 0 else under
            if cents:
                parts.append(_bar(x, width, scale.y(start), scale.y(start + cents), number))
            over, under = (over + cents, under) if cents >= 0 else (over, under + cents)
        if at % every == 0:
            middle = round(x + width / 2, 1)
            parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{year}</text>')
    return parts


def _bar(x: float, width: float, start: float, end: float, number: int) -> str:
    top, height = min(start, end), round(abs(start - end), 1)
    shape = f'x="{x}" y="{top}" width="{width}" height="{max(height, 0.5)}"'
    return f'<rect {shape} fill="url(#series-{number})" stroke="currentColor"/>'


def _definitions(names: Sequence[str]) -> str:
    made = (
        f'<pattern id="series-{number}" width="8" height="8" patternUnits="userSpaceOnUse">{PATTERNS[number]}</pattern>'
        for number in range(len(names))
    )
    return f"<defs>{''.join(made)}</defs>"


def _legend(names: Sequence[str]) -> str:
    def key(number: int, name: str) -> str:
        mark = f'<rect x="1" y="1" width="22" height="14" fill="url(#series-{number})" stroke="currentColor"/>'
        return f'<li><svg aria-hidden="true" width="24" height="16">{mark}</svg> {escape(name)}</li>'

    return f'<ul class="legend">{"".join(key(n, name) for n, name in enumerate(names))}</ul>'


def short(cents: int) -> str:
    """Money on an axis: 250K, 1.5M, 20B; exact figures are in the table."""
    whole = Decimal(cents) / 100
    size, letter = next((pair for pair in UNITS if abs(whole) >= pair[0]), (1, ""))
    return f"{(whole / size).normalize():f}{letter}"
