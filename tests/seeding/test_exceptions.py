"""seed/exceptions.yml: what it lets stand, and that none outlives its cause."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.seeding.checks import check
from app.seeding.reader import read_tree
from tests.seeding.bad_seeds import quiet_tie
from tests.seeding.seeds import places
from tests.worlds import World

FILE = "seed/exceptions.yml"
JUDGED = quiet_tie(title="Massive Dynamic's contract")


def excepting(folder: Path, **fields: Any) -> list[tuple[str, int, str]]:
    entry = {"rule": "no-judgement", "file": "companies/quiet.yml", "reason": "The firm's name.", **fields}
    entry = {key: value for key, value in entry.items() if value is not None}
    (folder / "exceptions.yml").write_text(yaml.safe_dump({"exceptions": [entry]}, sort_keys=False))
    return places(check(read_tree(folder)))


@pytest.fixture
def judged(world: World) -> Path:
    JUDGED(world)
    return world.write()


@pytest.mark.parametrize("claim", [None, "quiet-tie"])
def test_an_excepted_problem_stands_no_more(judged: Path, claim: str | None) -> None:
    assert [rule for _, _, rule in places(check(read_tree(judged)))] == ["no-judgement"]
    assert excepting(judged, claim=claim) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"claim": "quiet-domain-quiet-dot-com"},
        {"claim": "nothing"},
        {"file": "companies/old.yml"},
        {"file": "companies/nobody.yml"},
        {"rule": "no-contact"},
    ],
)
def test_one_that_excepts_nothing_is_a_problem_and_excuses_none(judged: Path, fields: dict[str, str]) -> None:
    found = excepting(judged, **fields)
    assert (FILE, 2, "exception") in found
    assert "no-judgement" in [rule for _, _, rule in found]


def test_it_is_not_needed_once_the_record_is_mended(world: World) -> None:
    assert excepting(world.write()) == [(FILE, 2, "exception")]


@pytest.mark.parametrize("rule", ["evidence", "missing-field", "no-such-rule"])
def test_what_holds_always_cannot_be_excepted(judged: Path, rule: str) -> None:
    assert (FILE, 2, "exception") in excepting(judged, rule=rule)


def test_a_reason_is_required(judged: Path) -> None:
    assert (FILE, 2, "missing-field") in excepting(judged, reason=None)
    assert (FILE, 4, "missing-field") in excepting(judged, reason="") or (FILE, 4, "format") in excepting(
        judged, reason=""
    )


@pytest.mark.parametrize(("kind", "name"), [("companies", "quiet"), ("agencies", "us-dod")])
def test_an_alias_of_two_may_be_written_down_as_such(world: World, kind: str, name: str) -> None:
    getattr(world, kind)[name]["aliases"] = ["Shoes", "Hush"]
    entry = {"rule": "alias-clash", "file": f"{kind}/{name}.yml"}
    assert excepting(world.write(), **entry, claim="Shoes") == []
    assert (FILE, 2, "exception") in excepting(world.folder, **entry, claim="Hush")
