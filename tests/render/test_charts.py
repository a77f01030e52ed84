"""The chart of award money: well formed, readable without colour, true to its figures."""

import re
from xml.etree import ElementTree as ET

from app.render.charts import HEIGHT, PATTERNS, TOP, WIDTH, Bar, bars, short

SVG = "{http://www.w3.org/2000/svg}"


def drawn(listed: list[Bar]) -> ET.Element:
    svg = bars(listed, "Obligated by year", "others").partition('<ul class="legend">')[0]
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def rects(listed: list[Bar]) -> list[dict[str, str]]:
    return [dict(each.attrib) for each in drawn(listed).findall(f"{SVG}rect")]


def test_the_height_of_a_bar_is_its_money() -> None:
    small, large = rects([Bar("ICE", 2016, 100_000_00), Bar("ICE", 2017, 300_000_00)])
    assert abs(float(large["height"]) / float(small["height"]) - 3) < 0.05
    assert float(large["y"]) + float(large["height"]) == float(small["y"]) + float(small["height"])


def test_series_are_told_apart_by_pattern_and_named() -> None:
    listed = [Bar("ICE", 2016, 500), Bar("CBP", 2016, 300)]
    assert [rect["fill"] for rect in rects(listed)] == ["url(#series-0)", "url(#series-1)"]
    legend = bars(listed, "t", "others").partition('<ul class="legend">')[2]
    assert re.findall(r"</svg> (\w+)</li>", legend) == ["ICE", "CBP"]
    assert len(set(PATTERNS)) == len(PATTERNS)
    assert not re.search(r"#[0-9a-f]{3,6}\b", bars(listed, "t", "others"))


def test_deobligations_hang_below_the_line() -> None:
    above, below = rects([Bar("ICE", 2016, 400), Bar("ICE", 2017, -200)])
    assert float(below["y"]) == float(above["y"]) + float(above["height"])


def test_more_series_than_patterns_are_drawn_together() -> None:
    listed = [Bar(f"agency {n}", 2016, 1000 - n) for n in range(9)]
    assert {rect["fill"] for rect in rects(listed)} == {f"url(#series-{n})" for n in range(len(PATTERNS))}
    assert ">" + " others</li>" in bars(listed, "t", "others")


def test_every_mark_is_in_the_picture_and_every_year_has_its_place() -> None:
    listed = [Bar("ICE", year, 10 ** (year - 2000)) for year in range(2001, 2027)]
    texts = [each.text for each in drawn(listed).findall(f"{SVG}text")]
    assert "2001" in texts
    assert texts.count("0") == 1
    for rect in rects(listed):
        assert 0 <= float(rect["x"]) <= WIDTH - float(rect["width"])
        assert TOP - 1 <= float(rect["y"]) <= HEIGHT - float(rect["height"])


def test_names_cannot_break_out() -> None:
    svg = bars([Bar("<script>", 2016, 5)], 'a "title" <b>', "others")
    assert "<script>" not in svg
    assert "<b>" not in svg
    assert bars([], "t", "others") == ""


def test_money_on_an_axis_is_short() -> None:
    assert [short(c) for c in (0, 5_000, 25_000_000, 150_000_000, -2_000_000_000_00)] == [
        "0",
        "50",
        "250K",
        "1.5M",
        "-2B",
    ]
