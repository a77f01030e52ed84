"""Reads the seed tree: YAML to plain values with the line of every field, so that each problem names one.

All scalars stay strings as written. YAML's own guesses (`NO` as false, `0001133421` as octal, `2018-10-25` as a
timestamp) would change data silently; the models decide instead. Anchors and aliases are refused: a file is read
by people, and a bomb of aliases is not.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from app.seeding.exempt import ExceptionsFile
from app.seeding.record import Agency, Company, HostedFile
from app.seeding.retired import Redirect

MAX_BYTES = 1_000_000
# libyaml where the wheel has it: a tree of a thousand files is read in a second instead of a minute.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A record is six deep. Python's stack ends at a few hundred.
MAX_DEPTH = 20
# PostgreSQL keeps no NUL, and what nobody sees in an editor nobody can check.
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
Location = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", Company, Agency)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: where it is, which rule it breaks, and what to write instead."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


@dataclass(slots=True)
class SourceFile:
    """One seed file: its path as shown, and the line of every field."""

    path: str
    lines: dict[Location, int] = field(default_factory=dict)

    def line(self, where: Location = ()) -> int:
        """The line of a field, or of the nearest thing around it that was written."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def problem(self, rule: str, message: str, *where: str | int) -> Problem:
        """A problem at a field of this file."""
        return Problem(self.path, self.line(where), rule, message)


@dataclass(slots=True)
class Tree:
    """The seed as read. Files that could not be read are missing here and have their problems. `redirects` has the line
    of each."""

    companies: dict[str, tuple[Company, SourceFile]] = field(default_factory=dict)
    agencies: dict[str, tuple[Agency, SourceFile]] = field(default_factory=dict)
    hosted: HostedFile = field(default_factory=HostedFile)
    hosted_file: SourceFile = field(default_factory=lambda: SourceFile("hosted.yml"))
    redirects: dict[int, Redirect] = field(default_factory=dict)
    redirects_file: SourceFile = field(default_factory=lambda: SourceFile("redirects.csv"))
    exceptions: ExceptionsFile = field(default_factory=ExceptionsFile)
    exceptions_file: SourceFile = field(default_factory=lambda: SourceFile("exceptions.yml"))
    problems: list[Problem] = field(default_factory=list)


def read_tree(seed: Path) -> Tree:
    """Read everything under `seed`. All problems come at once, none stops the rest."""
    tree = Tree()
    if not seed.is_dir():
        tree.problems.append(Problem(str(seed), 1, "missing", "there is no such folder: set GOVTIES_SEED_DIR"))
        return tree
    for company, file in _read_folder(seed, "companies", Company, tree.problems):
        tree.companies[company.id] = (company, file)
    for agency, file in _read_folder(seed, "agencies", Agency, tree.problems):
        tree.agencies[agency.id] = (agency, file)
    hosted = seed / "hosted.yml"
    tree.hosted_file = SourceFile(hosted.relative_to(seed.parent).as_posix())
    tree.hosted = _read_file(hosted, tree.hosted_file, HostedFile, tree.problems) or HostedFile()
    _read_redirects(seed / "redirects.csv", tree)
    excepted = seed / "exceptions.yml"
    if excepted.exists():
        tree.exceptions_file = SourceFile(excepted.relative_to(seed.parent).as_posix())
        read = _read_file(excepted, tree.exceptions_file, ExceptionsFile, tree.problems)
        tree.exceptions = read or ExceptionsFile()
    return tree


def _read_redirects(path: Path, tree: Tree) -> None:
    """Retired company ids. A seed without the file has none."""
    file = tree.redirects_file = SourceFile(path.relative_to(path.parent.parent).as_posix())
    if not path.exists():
        return
    columns = list(Redirect.model_fields)
    rows = csv.reader(_redirect_lines(path, file, tree.problems), strict=True)
    begins = 1
    try:
        for cells in rows:
            _read_redirect(cells, begins, columns, tree)
            begins = rows.line_num + 1
    except csv.Error as error:
        tree.problems.append(Problem(file.path, begins, "format", f"no CSV here: {error}"))


def _redirect_lines(path: Path, file: SourceFile, problems: list[Problem]) -> list[str]:
    try:
        text = _text(path)
        if hidden := HIDDEN.search(text.replace("\r\n", "\n")):
            line = text.count("\n", 0, hidden.start()) + 1
            raise _Unreadable(line, "format", "a control character stands here: remove it")
    except _Unreadable as error:
        problems.append(Problem(file.path, error.line, error.rule, str(error)))
        return []
    return text.splitlines(keepends=True)


def _read_redirect(cells: list[str], line: int, columns: list[str], tree: Tree) -> None:
    file = tree.redirects_file
    if line == 1:
        if cells != columns:
            tree.problems.append(Problem(file.path, 1, "format", f"the first line is {','.join(columns)}"))
        return
    if not cells:
        return
    if len(cells) != len(columns):
        message = f"has {len(cells)} cells, and needs {len(columns)}: {','.join(columns)}"
        tree.problems.append(Problem(file.path, line, "format", message))
        return
    file.lines[(line,)] = line
    try:
        tree.redirects[line] = Redirect.model_validate(dict(zip(columns, cells, strict=True)))
    except ValidationError as error:
        found = _explain(error, file)
        tree.problems.extend(Problem(each.file, line, each.rule, each.message) for each in found)


def _read_folder(seed: Path, name: str, model: type[R], problems: list[Problem]) -> Iterator[tuple[R, SourceFile]]:
    folder = seed / name
    if not folder.is_dir():
        problems.append(Problem(f"{seed.name}/{name}", 1, "missing", "there is no such folder"))
        return
    for path in sorted(folder.iterdir()):
        file = SourceFile(path.relative_to(seed.parent).as_posix())
        if path.suffix != ".yml":
            problems.append(file.problem("file-name", "only .yml files belong here: rename or remove it"))
            continue
        record = _read_file(path, file, model, problems)
        if record is None:
            continue
        if record.id != path.stem:
            problems.append(file.problem("file-name", f"id {record.id} belongs in {record.id}.yml", "id"))
            continue
        yield record, file


def _read_file(path: Path, file: SourceFile, model: type[M], problems: list[Problem]) -> M | None:
    found: list[Problem] = []
    value = read_value(path, file, found)
    problems += found
    if found:
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems.extend(_explain(error, file))
        return None


def read_value(path: Path, file: SourceFile, problems: list[Problem]) -> Any:
    """What a file holds as plain values, None with a problem where it cannot be read."""
    text = ""
    try:
        text = _text(path)
        return parse_text(text, file)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(file.path, line, "yaml", f"{error.problem or error.context}"))
    except yaml.YAMLError as error:
        line = text.encode().count(b"\n", 0, getattr(error, "position", 0)) + 1
        problems.append(Problem(file.path, line, "yaml", f"not YAML: {str(error).splitlines()[0]}"))
    except _Unreadable as error:
        problems.append(Problem(file.path, error.line, error.rule, str(error)))
    return None


def parse_text(text: str, file: SourceFile | None = None) -> Any:
    """The plain values of a YAML text, whose lines `file` gets to know. Raises as `read_value` catches."""
    return _Builder(text, file or SourceFile("")).document()


class _Unreadable(Exception):  # noqa: N818
    def __init__(self, line: int, rule: str, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.rule = rule


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():  # a pipe or a device would never end
        raise _Unreadable(1, "missing", "cannot be read: no file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _Unreadable(1, "missing", f"cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise _Unreadable(1, "too-large", f"larger than {MAX_BYTES:,} bytes: one file holds one record")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Unreadable(line, "encoding", "not UTF-8 here: save the file as UTF-8") from None


class _Builder:
    """Makes plain values of YAML's events in one pass, noting the line of every field.

    Events rather than nodes: an alias is seen as one, and a depth limit holds before anything recurses.
    """

    def __init__(self, text: str, file: SourceFile) -> None:
        self._events = yaml.parse(text, Loader=LOADER)
        self._file = file

    def document(self) -> Any:
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            raise _Unreadable(1, "yaml", "the file is empty")
        value = self._value(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, StreamEndEvent):
            raise _Unreadable(_line(after), "yaml", "a second document begins here: one file holds one record")
        return value

    def _value(self, event: Event, where: Location) -> Any:
        self._file.lines.setdefault(where, _line(event))
        if isinstance(event, AliasEvent):
            message = "aliases (*name) are not allowed: write the value, or a named source"
            raise _Unreadable(_line(event), "yaml", message)
        if getattr(event, "anchor", None):
            raise _Unreadable(_line(event), "yaml", "anchors (&name) are not allowed: nothing could refer to them")
        if isinstance(event, ScalarEvent):
            if HIDDEN.search(event.value):
                raise _Unreadable(_line(event), "yaml", "a control character stands here: remove it")
            is_null = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
            return None if is_null else event.value
        if len(where) > MAX_DEPTH:
            raise _Unreadable(_line(event), "yaml", f"nested more than {MAX_DEPTH} deep: no record is")
        return self._list(where) if isinstance(event, SequenceStartEvent) else self._mapping(where)

    def _list(self, where: Location) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event, (*where, len(found))))
        return found

    def _mapping(self, where: Location) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := next(self._events), MappingEndEvent):
            if not isinstance(key, ScalarEvent):
                raise _Unreadable(_line(key), "yaml", "a key must be plain text")
            if key.value in found:
                raise _Unreadable(_line(key), "yaml", f"{key.value} stands here twice: keep one")
            self._file.lines[(*where, key.value)] = _line(key)
            found[key.value] = self._value(next(self._events), (*where, key.value))
        return found


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _explain(error: ValidationError, file: SourceFile) -> Iterator[Problem]:
    for item in error.errors(include_url=False):
        where: Location = tuple(item["loc"])
        name = ".".join(map(str, where)) or "record"
        rule, message = "format", item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            rule, message = "unknown-field", "no such field: check the spelling against seed/schema"
        elif item["type"] == "missing":
            rule, message = "missing-field", "is required"
        elif item["input"] is None and where:
            rule, message = "missing-field", "is blank: fill it in"
        yield file.problem(rule, f"{name}: {message}", *where)
