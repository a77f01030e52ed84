"""Ties in time: true to their dates, told apart by shape alone, well formed."""

import re
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.lookup.answer import company_answer
from app.render.timeline import Timeline, timeline
from tests.lookup.forests import tie, world

MADE = date(2026, 1, 1)


def drawn(*ties: dict[str, Any]) -> Timeline:
    listed = [tie(f"t{at}", "low", **more) for at, more in enumerate(ties)]
    found = timeline(company_answer(world(["low"], [], listed), "low").ties, MADE)
    assert found is not None
    return found


def elements(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter())


def span(**more: Any) -> str:
    return str(drawn(more).spans["t0"])


def bar(svg: str) -> tuple[float, float]:
    """Where the solid part begins and ends, in per cent."""
    found = next(each for each in elements(svg) if each.get("stroke-width") == "10")
    return float(found.attrib["x1"].rstrip("%")), float(found.attrib["x2"].rstrip("%"))


def test_nothing_is_drawn_without_ties() -> None:
    assert timeline((), MADE) is None


def test_a_bar_goes_from_the_beginning_to_the_last_day_attested() -> None:
    both = drawn({"valid_from": "2016", "status_as_of": "2020-12-31"}, {"valid_from": "2018", "status_as_of": "2019"})
    (start, end), (later, sooner) = bar(both.spans["t0"]), bar(both.spans["t1"])
    assert start == 1
    assert abs((end - start) - 98 / 2) < 0.2, "five of ten years"
    assert start < later < sooner < end


def test_what_began_at_an_unknown_time_begins_at_its_first_amount_with_a_dashed_line_before_it() -> None:
    both = drawn({"valid_from": "2010", "status_as_of": "2020"}, {"status_as_of": "2020"})
    start, end = bar(both.spans["t1"])
    assert end - start < 1, "a point, as only one day is known"
    assert 'stroke-dasharray="2 3"' in both.spans["t1"]
    assert 'stroke-dasharray="2 3"' not in both.spans["t0"]


SHAPES = {
    "active": {"status": "active"},
    "unknown": {"status": "unknown"},
    "ending": {"status": "ending_announced"},
    "ended": {"status": "ended", "valid_to": "2020"},
    "disputed": {"status": "active", "claim_status": "disputed"},
    "disputed ended": {"status": "ended", "valid_to": "2020", "claim_status": "disputed"},
}


def test_every_state_has_a_shape_of_its_own_and_none_a_colour() -> None:
    shapes = {re.sub(r'="[-\d.]+%"', "", span(valid_from="2016", **more)) for more in SHAPES.values()}
    assert len(shapes) == len(SHAPES)
    for svg in shapes:
        assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|style=", svg.replace("#grid", ""))


@pytest.mark.parametrize("more", SHAPES.values(), ids=SHAPES)
def test_drawings_are_well_formed_hidden_from_readers_and_inside_the_picture(more: dict[str, str]) -> None:
    for years in ({"valid_from": "2025-12-31", "status_as_of": "2026"}, {"status_as_of": "1950"}, {}):
        svg = span(**{**more, **years})
        root, *_ = elements(svg)
        assert root.get("aria-hidden") == "true"
        for x in re.findall(r'"([-\d.]+)%"', svg):
            assert 0 <= float(x) <= 100


def test_the_axis_names_few_years_and_the_grid_stands_under_every_bar() -> None:
    axis = str(drawn({"valid_from": "1990", "status_as_of": "2020"}).axis)
    years = re.findall(r">(\d{4})<", axis)
    assert years == sorted(years)
    assert 3 <= len(years) <= 6
    assert 'id="grid"' in axis
    assert 'href="#grid"' in span()


def test_what_follows_the_last_known_day_says_what_is_known_of_it() -> None:
    arrow, cap = "<path", 'stroke-width="3"'
    marks = {name: span(valid_from="2016", **more) for name, more in SHAPES.items()}
    assert {name for name, svg in marks.items() if arrow in svg} == {"active", "disputed"}
    assert {name for name, svg in marks.items() if cap in svg} == {"ended", "disputed ended"}
    assert {name for name, svg in marks.items() if ">?<" in svg} == {"unknown"}
    assert {name for name, svg in marks.items() if ">…<" in svg} == {"ending"}
    assert {name for name, svg in marks.items() if 'dasharray="7 3"' in svg} == {"disputed", "disputed ended"}
