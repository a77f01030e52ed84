"""The canonical form: order, comments, nothing said otherwise, and once is enough."""

import random
from pathlib import Path

import pytest

from app.seeding.formatting import canonical, field_order, formatted, seed_files
from app.seeding.reader import Problem, parse_text
from app.seeding.record import Company, DomainClaim, TieClaim
from app.settings import ROOT
from tests.seeding.test_reader import AS_WRITTEN

MESSY = """\
# yaml-language-server: $schema=../schema/company.json
# About the whole file.
name: Messy # as people know it
id: messy
# Its ties.
ties:
    # The first one.
    - status: active
      # Which agency.
      agency: us-ice
      id: messy-ice
      amounts:
      - {value: 5, kind: reported, source: page, as_of: 2019} # in dollars
      summary: >-
        A folded text
        # that is no comment
      sources:
      - page # the only one
      # Who looked.
      verified_by: me

    # The second one.
    - id: messy-cbp
      verified_at: 2026-01-02
      agency: us-cbp
sources:
  page:
    publisher: 'The Paper'
    # Deep.
    url: https://paper.example/x
# The end.
"""

CANONICAL = """\
# yaml-language-server: $schema=../schema/company.json
# About the whole file.
id: messy
name: Messy # as people know it
sources:
  page:
    # Deep.
    url: https://paper.example/x
    publisher: 'The Paper'
# Its ties.
ties:
  # The first one.
  - id: messy-ice
    # Which agency.
    agency: us-ice
    status: active
    summary: >-
      A folded text
      # that is no comment
    amounts:
      - {kind: reported, value: 5, as_of: 2019, source: page} # in dollars
    sources:
      - page # the only one
    # Who looked.
    verified_by: me

  # The second one.
  - id: messy-cbp
    agency: us-cbp
    verified_at: 2026-01-02
# The end.
"""


def test_fields_come_in_order_and_comments_with_them() -> None:
    assert canonical(MESSY, Company) == CANONICAL


def test_once_is_enough() -> None:
    assert canonical(CANONICAL, Company) == CANONICAL


def test_everything_keeps_the_form_in_which_it_was_written() -> None:
    made = canonical(AS_WRITTEN, Company)
    assert parse_text(made) == parse_text(AS_WRITTEN)
    assert canonical(made, Company) == made


def test_a_claims_own_fields_come_first_and_who_verified_it_last() -> None:
    assert field_order(DomainClaim)[:2] == ["id", "name"]
    ties = field_order(TieClaim)
    assert ties[-3:] == ["verified_at", "verified_by", "reviewed_by"]
    assert ties.index("status_as_of") + 1 == ties.index("valid_from")
    assert sorted(ties) == sorted(TieClaim.model_fields)


def test_the_real_seed_in_any_order_comes_out_in_one(tmp_path: Path) -> None:
    """Shuffle the blocks of a tree's files by their keys: the canonical text is always the same."""
    chance = random.Random(7)
    files = [path for path, model in seed_files(ROOT / "seed") if model is Company]
    for path in chance.sample(files, 25):
        text = canonical(path.read_text("utf-8"), Company)
        blocks = _blocks(text)
        head = blocks.pop(0) if blocks[0].startswith("#") else ""
        chance.shuffle(blocks)
        assert canonical(head + "".join(blocks), Company) == text, path.name


def _blocks(text: str) -> list[str]:
    """The blocks of a file's first level; comments above the first are one of their own."""
    blocks = [""]
    for line in text.splitlines(keepends=True):
        if line[0] not in " #" or (line[0] == "#" and blocks[-1]):
            blocks.append("")
        blocks[-1] += line
    return [block for block in blocks if block]


def test_a_file_that_is_no_yaml_is_a_problem_and_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text("id: x\nname: [\n")
    problems: list[Problem] = []
    assert formatted(path, "seed/bad.yml", Company, problems) is None
    assert [(problem.file, problem.rule) for problem in problems] == [("seed/bad.yml", "yaml")]


@pytest.mark.parametrize(
    "text", ["id: x\nname:\n", "id: x\ncolour: red\nname: y\n", "domains: []\nid: x\n", 'name: "a\n      # b"\nid: x\n']
)
def test_blanks_and_unknown_fields_stay(text: str) -> None:
    made = canonical(text, Company)
    assert parse_text(made) == parse_text(text)
    assert canonical(made, Company) == made
