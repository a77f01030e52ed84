"""Bad seeds: what to change in the made-up world, and where which rule must refuse it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.seeding.checks import check
from app.seeding.reader import Problem, read_tree
from tests.worlds import Record, World

Change = Callable[[World], object]


@dataclass(frozen=True, slots=True)
class At:
    """A problem that must be found: on the line `below` lines under the one that alone holds `mark`."""

    file: str
    rule: str
    mark: str
    below: int = 0

    def place(self, world: World) -> tuple[str, int, str]:
        lines = (world.folder / self.file).read_text("utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if self.mark in line]
        assert len(found) == 1, f"{self.mark!r} stands on lines {found} of {self.file}"
        return f"{world.folder.name}/{self.file}", found[0] + self.below, self.rule


@dataclass(frozen=True, slots=True)
class Bad:
    """One bad seed and everything that must be found in it, no more and no less."""

    name: str
    change: Change
    expected: tuple[At, ...]

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def problems(world: World) -> list[Problem]:
    """What the checks say about the world as it is now."""
    return check(read_tree(world.write()))


def places(found: list[Problem]) -> list[tuple[str, int, str]]:
    return sorted((problem.file, problem.line, problem.rule) for problem in found)


def put(company: str, *path: str | int, **fields: Any) -> Change:
    """Set fields in the record at a path of a company's file."""

    def change(world: World) -> None:
        record: Any = world.companies[company]
        for step in path:
            record = record[step]
        record.update(fields)

    return change


def drop(company: str, *path: str | int) -> Change:
    """Remove the last step of a path."""

    def change(world: World) -> None:
        record: Any = world.companies[company]
        for step in path[:-1]:
            record = record[step]
        del record[path[-1]]

    return change


def add(company: str, field: str, *records: Record) -> Change:
    """Add records to a list of a company's file."""
    return lambda world: world.companies[company].setdefault(field, []).extend(records)


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(world: World) -> None:
        for each in changes:
            each(world)

    return change
