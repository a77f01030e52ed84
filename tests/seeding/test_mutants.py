"""Every rule bites: the real seed, spoilt in known ways, is refused at the right file and line (`make mutants`)."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.seeding.rules import all_rules
from tests.seeding.mutants import KINDS, Mutants, Page

# Of each kind so many: `make mutants` takes seven, near 300 in all.
MANY = int(os.environ.get("MUTANTS", "1"))


@pytest.fixture
def mutants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mutants:
    made = Mutants(tmp_path, monkeypatch)
    assert made.before == []
    return made


def spoilt(mutants: Mutants, name: str, count: int) -> Iterator[tuple[Path, str, int]]:
    """(file, content, line) of mutants of a kind, each of another file or another try."""
    chance = random.Random(name)
    pages = list(mutants.tree.companies.values())
    found = 0
    for _ in range(400):
        company, file = chance.choice(pages)
        path = mutants.seed.parent / file.path
        lines = path.read_text("utf-8").splitlines(keepends=True)
        made = KINDS[name][1](Page(company, file, lines, mutants.tree, chance))
        if made is not None:
            found += 1
            yield path, "".join(made[0]), made[1]
        if found == count:
            return
    pytest.fail(f"the seed has too little to spoil by {name}")


def bitten(mutants: Mutants, count: int) -> set[str]:
    """Spoil the seed in every way; returns the rules that were seen to bite."""
    seen, escaped = set(), []
    for name, (rule, _) in KINDS.items():
        for path, text, line in spoilt(mutants, name, count):
            found = mutants.check(path, text.encode("utf-8", "surrogateescape"))
            places = {(problem.file, problem.line, problem.rule) for problem in found}
            expected = (f"seed/companies/{path.name}", line, rule)
            if expected not in places:
                escaped.append(f"{name}: {expected} not in {sorted(places)[:5]}")
            seen.add(rule)
    assert not escaped, "\n".join(escaped)
    return seen


RETIRED = "old_id,new_id,date,reason\n"
EXCEPTION = "exceptions:\n  - rule: no-judgement\n    file: companies/amazon.yml\n    reason: None.\n"


def other_files(mutants: Mutants) -> set[str]:
    """What is spoilt outside companies' files."""
    parented = next(file for agency, file in mutants.tree.agencies.values() if agency.parent)
    path = mutants.seed.parent / parented.path
    own = path.read_text().replace("parent: ", "parent: no-")
    fbi = mutants.seed / "agencies" / "us-fbi.yml"
    recipient = next(
        i.value for c, _ in mutants.tree.companies.values() for i in c.identifiers if i.kind == "recipient"
    )
    called = f'aliases: ["{recipient}"]\n{fbi.read_text()}'
    cases = [
        (fbi, called, 1, "alias-recipient"),
        (mutants.seed / "hosted.yml", None, 1, "missing"),
        (mutants.seed / "exceptions.yml", EXCEPTION, 2, "exception"),
        (path, own, parented.line(("parent",)), "agency-known"),
        (mutants.seed / "redirects.csv", f"{RETIRED}zappos,amazon,2026-11-25,Merged here.\n", 2, "redirect-reused"),
        (mutants.seed / "redirects.csv", f"{RETIRED}old-name,nobody,2026-11-25,Renamed.\n", 2, "redirect-target"),
    ]
    for spoiled, text, line, rule in cases:
        found = mutants.check(spoiled, text)
        place = (spoiled.relative_to(mutants.seed.parent).as_posix(), line, rule)
        assert place in {(p.file, p.line, p.rule) for p in found}, place
    return {rule for _, _, _, rule in cases}


@pytest.mark.slow
def test_mutants_of_every_kind_are_refused_at_their_lines(mutants: Mutants) -> None:
    assert bitten(mutants, MANY) | other_files(mutants) == set(all_rules())
