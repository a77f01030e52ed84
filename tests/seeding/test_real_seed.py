"""The real seed: sound, of its size, described by its schemas, and guarded against a slip of the hand."""

import json
import random
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.render.schemas import SEED, seed_schema
from app.seeding.checks import check
from app.seeding.reader import read_tree
from app.seeding.record import Company
from tests.seeding.mutants import REAL, Mutants

REQUIRED = re.compile(r"\s+(publisher|type|kind|status|status_as_of|evidence|verified_at|verified_by|as_of): \S")
JUNK = [
    "",
    "???",
    "[",
    "]",
    "{",
    "'",
    '"',
    "\t",
    "&a",
    "*a",
    "- -",
    "NO",
    "9" * 5000,
    "no-such-thing",
    "2999-01-01",
    "|",
]


def _drop(lines: list[str], chance: random.Random) -> None:
    del lines[chance.choice([at for at, line in enumerate(lines) if REQUIRED.match(line)])]


def _double(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines.insert(at, lines[at])


def _corrupt(lines: list[str], chance: random.Random) -> None:
    at = chance.choice([at for at, line in enumerate(lines) if ": " in line])
    lines[at] = lines[at].partition(": ")[0] + ": " + chance.choice(JUNK)


def _cut(lines: list[str], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines)) :]


@pytest.mark.slow
def test_a_spoilt_file_of_the_real_seed_is_found_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants = Mutants(tmp_path, monkeypatch)
    files = [p for p in sorted(mutants.seed.glob("companies/*.yml")) if REQUIRED.search(p.read_text("utf-8"))]
    for number in range(60):
        chance = random.Random(number)
        path, spoil = chance.choice(files), chance.choice([_drop, _drop, _double, _corrupt, _corrupt, _cut])
        lines = path.read_text("utf-8").split("\n")
        spoil(lines, chance)
        found = mutants.check(path, "\n".join(lines))
        context = f"mutant {number}: {spoil.__name__} in {path.name}: {found[:3]}"
        here = [problem for problem in found if problem.file == f"seed/companies/{path.name}"]
        assert here or spoil is not _drop, context
        assert all(problem.line <= len(lines) + 1 for problem in here), context
        # Elsewhere only what refers to the spoilt record is told.
        assert all(path.stem in problem.message for problem in found if problem not in here), context


@pytest.mark.parametrize("name", sorted(SEED))
def test_the_schemas_in_the_tree_are_those_of_the_models(name: str) -> None:
    written = (REAL / "schema" / f"{name}.json").read_text("utf-8")
    assert written == json.dumps(seed_schema(name), indent=2) + "\n", "run `govties seed schema`"


def test_no_other_schema_stands_in_the_tree() -> None:
    assert {path.stem for path in (REAL / "schema").iterdir()} == SEED.keys()


def test_the_real_seed_has_no_problem_and_keeps_its_size() -> None:
    tree = read_tree(REAL)
    assert [str(problem) for problem in check(tree)] == []
    companies = [company for company, _ in tree.companies.values()]
    assert len(companies) >= 25
    assert sum(len(company.domains) for company in companies) >= 120
    assert sum(len(company.ties) for company in companies) >= 40


def test_the_models_and_their_schemas_refuse_the_same_field() -> None:
    """The schema is generated, so a required field of the model is one of the schema."""
    required = seed_schema("company")["required"]
    with pytest.raises(ValidationError) as caught:
        Company.model_validate({})
    assert sorted(str(error["loc"][0]) for error in caught.value.errors()) == sorted(required) == ["id", "name"]
