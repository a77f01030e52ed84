"""A report and an explained answer as lines for a terminal."""

from collections.abc import Iterator, Sequence

from app.desk.explain import Shown
from app.seeding.report import Report, Work

# Of each list so many lines are shown; `--json` has all.
SHOWN = 20


def report_text(report: Report) -> Iterator[str]:
    """The figures, then the lists."""
    every = report.figures.claims[0]
    yield f"{report.figures.companies:,} companies, {every.claims:,} claims (domains, owners, ties, notes)"
    yield f"  with a government record    {_share(every.record, every.claims)}"
    yield f"  with an archived copy       {_share(every.archived, every.claims)}"
    yield f"  with a second reviewer      {_share(every.reviewed, every.claims)}"
    yield f"  stale verification          {_share(len(report.stale), every.claims)}"
    age = f"{max(0, (report.today - every.verified).days):,} days" if every.verified else "none"
    yield f"  median age of verification  {age}"
    yield f"{report.links.addresses:,} addresses of sources"
    yield f"  opened by sources check     {_share(report.links.checked, report.links.addresses)}"
    dead = {work.claim for work in report.links.dead}
    yield f"  dead                        {_share(len(dead), report.links.checked)}"
    if report.sites:
        yield f"{report.sites:,} most visited sites (seed/coverage.csv)"
        yield f"  in the data                 {_share(report.known_sites, report.sites)}"
        yield f"  researched                  {_share(report.researched_sites, report.sites)}"
    else:
        yield "There is no list of the most visited sites (seed/coverage.csv)."
    yield from _list("Stale verifications", report.stale)
    yield from _list("Without an archived copy", report.unarchived)
    yield from _list("Unreviewed", report.unreviewed)
    yield from _list("Dead links", report.links.dead)
    names = [site.domain for site in report.missing_sites]
    if names:
        yield f"Sites not researched: {len(names):,}: {', '.join(names[:SHOWN])}{', …' if len(names) > SHOWN else ''}"


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.0%})" if whole else "none"


def _list(title: str, listed: Sequence[Work]) -> Iterator[str]:
    if not listed:
        return
    yield f"{title}: {len(listed):,}"
    yield from (f"  {each.file}:{each.line}: {each.claim}: {each.wants}" for each in listed[:SHOWN])
    if len(listed) > SHOWN:
        yield f"  and {len(listed) - SHOWN:,} more: see --json"


def shown_text(shown: Shown) -> Iterator[str]:
    """The answer, then each part with its place and sources."""
    yield f"{shown.answer.query}: {shown.answer.state}, badge {shown.badge}"
    yield f"  {shown.answer.summary}"
    for part in shown.parts:
        yield f"{part.what}: {part.text}"
        indent = " " * (len(part.what) - len(part.what.lstrip()) + 4)
        yield f"{indent}{part.place}"
        yield from (f"{indent}{source}" for source in part.sources)
