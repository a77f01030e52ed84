"""The report of a tree: its figures are those of the release made from it, and what is open stands at its line."""

from datetime import date

import pytest

from app.db import Database
from app.lookup.coverage import coverage
from app.queries import pages
from app.seeding.reader import read_tree
from app.seeding.report import Links, Report, Site, report
from tests.worlds import World

CHECKED = date(2026, 1, 2)  # when everything in the made-up world was verified
NO_LINKS = Links(addresses=0, checked=0, dead=())
SITES = tuple(Site(domain=name, category="shops", note="") for name in ("bigco.com", "quiet.com", "nobody.org"))


@pytest.fixture
def tree_report(world: World) -> Report:
    return report(read_tree(world.write()), SITES, date(2026, 2, 1), NO_LINKS)


def test_the_figures_are_those_of_the_release(tree_report: Report, filled: Database) -> None:
    with filled.read() as session:
        assert tree_report.figures == coverage(pages.claims(session, 1))
    assert tree_report.figures.claims[0].claims == 14


def test_sites_are_known_researched_or_missing(tree_report: Report) -> None:
    assert (tree_report.sites, tree_report.known_sites, tree_report.researched_sites) == (3, 2, 1)
    assert [site.domain for site in tree_report.missing_sites] == ["quiet.com", "nobody.org"]


@pytest.mark.parametrize(
    ("today", "stale"),
    [
        (date(2027, 1, 1), []),
        (date(2027, 1, 2), ["code-owner-bigco", "shoes-owner-bigco"]),
        (date(2028, 1, 1), ["code-owner-bigco", "shoes-owner-bigco"]),
        (date(2028, 1, 2), ["bigco-ice-cloud", "code-owner-bigco", "code-ice-licence", "shoes-owner-bigco"]),
    ],
)
def test_an_ownership_is_stale_after_a_year_a_tie_after_two_and_what_is_over_never(
    world: World, today: date, stale: list[str]
) -> None:
    found = report(read_tree(world.write()), (), today, NO_LINKS).stale
    assert [work.claim for work in found] == stale


def test_what_is_open_stands_at_its_line(tree_report: Report, world: World) -> None:
    work = next(work for work in tree_report.unreviewed if work.claim == "bigco-ice-cloud")
    line = (world.folder.parent / work.file).read_text().splitlines()[work.line]
    assert "bigco-ice-cloud" in line, "below the brace that opens it"
    assert len(tree_report.unarchived) == len(tree_report.unreviewed) == 14


def test_nothing_has_no_age(world: World) -> None:
    world.companies.clear()
    world.hosted.update(platforms=[])
    assert report(read_tree(world.write()), (), CHECKED, NO_LINKS).figures.claims[0].verified is None
