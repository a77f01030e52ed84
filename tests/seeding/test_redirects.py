"""`seed/redirects.csv`: what is refused, at which line, and by which rule."""

import pytest

from app.seeding.checks import check
from app.seeding.reader import read_tree
from tests.worlds import World

HEADER = "old_id,new_id,date,reason\n"


def found(world: World, text: str | bytes) -> list[tuple[str, int, str]]:
    folder = world.write()
    (folder / "redirects.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return [(problem.file, problem.line, problem.rule) for problem in check(read_tree(folder))]


GOOD = [
    "",
    HEADER,
    HEADER + "gone,quiet,2026-02-03,Renamed.\n",
    HEADER + '\ngone,gone-too,2026-02,"Merged,\nin two lines."\ngone-too,quiet,2026,Renamed.\n',
]


@pytest.mark.parametrize("text", GOOD)
def test_good_redirects(world: World, text: str) -> None:
    assert found(world, text) == []


BAD = [
    ("old,new\n", [(1, "format")]),
    (HEADER + "gone,quiet\n", [(2, "format")]),
    (HEADER + "gone,quiet,yesterday,Renamed.\n", [(2, "format")]),
    (HEADER + "Gone!,quiet,2026,Renamed.\n", [(2, "format")]),
    (HEADER + "gone,quiet,2026,\n", [(2, "format")]),
    (HEADER + 'gone,quiet,2026,"no end\n', [(2, "format")]),
    (HEADER + "gone,quiet,2026,a\x07b\n", [(2, "format")]),
    ((HEADER + "gone,quiet,2026,").encode() + b"\xff\n", [(2, "encoding")]),
    (HEADER + "gone,nobody,2026,Renamed.\n", [(2, "redirect-target")]),
    (HEADER + "a,b,2026,x\nb,nobody,2026,x\n", [(3, "redirect-target")]),
    (HEADER + "a,b,2026,x\nb,a,2026,x\n", [(2, "redirect-target"), (3, "redirect-target")]),
    (HEADER + "a,a,2026,x\n", [(2, "redirect-target")]),
    (HEADER + "shoes,quiet,2026,x\n", [(2, "redirect-reused")]),
    (HEADER + 'z,quiet,2026,"x\ny"\na,quiet,2026,x\na,code,2026,x\n', [(5, "redirect-reused")]),
]


@pytest.mark.parametrize(("text", "expected"), BAD)
def test_a_bad_row_is_named_by_its_line(world: World, text: str | bytes, expected: list[tuple[int, str]]) -> None:
    assert found(world, text) == [("seed/redirects.csv", line, rule) for line, rule in expected]
