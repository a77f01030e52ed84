"""Reads the seed tree: YAML nodes to plain values with the line of every field, so that each problem names one.

All scalars stay strings as written. YAML's own guesses (`NO` as false, `0001133421` as octal, `2018-10-25` as a
timestamp) would change data silently; the models decide instead. Anchors and aliases are refused: a file is read
by people, and a bomb of aliases is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from app.seeding.record import Agency, Company, HostedFile

MAX_BYTES = 1_000_000
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
    """The seed as read. Files that could not be read are missing here and have their problems."""

    companies: dict[str, tuple[Company, SourceFile]] = field(default_factory=dict)
    agencies: dict[str, tuple[Agency, SourceFile]] = field(default_factory=dict)
    hosted: HostedFile = field(default_factory=HostedFile)
    hosted_file: SourceFile = field(default_factory=lambda: SourceFile("hosted.yml"))
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
    return tree


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
    try:
        text = _text(path)
        value = _value(_compose(text), file, ())
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(file.path, line, "yaml", f"{error.problem or error.context}"))
        return None
    except _Unreadable as error:
        problems.append(Problem(file.path, error.line, error.rule, str(error)))
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems.extend(_explain(error, file))
        return None


class _Unreadable(Exception):  # noqa: N818
    def __init__(self, line: int, rule: str, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.rule = rule


def _text(path: Path) -> str:
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


def _compose(text: str) -> Node:
    yaml = YAML(typ="safe", pure=True)
    try:
        for event in yaml.parse(text):
            if isinstance(event, AliasEvent):
                line = event.start_mark.line + 1
                raise _Unreadable(line, "yaml", "aliases (*name) are not allowed: write the value, or a named source")
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError:
        raise
    except (YAMLError, ValueError, RecursionError) as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise _Unreadable(line, "yaml", f"not YAML: {str(error).splitlines()[0]}") from None
    if node is None:
        raise _Unreadable(1, "yaml", "the file is empty")
    return node


def _value(node: Node, file: SourceFile, where: Location) -> Any:
    file.lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, SequenceNode):
        return [_value(child, file, (*where, at)) for at, child in enumerate(node.value)]
    if isinstance(node, MappingNode):
        return _mapping(node, file, where)
    assert isinstance(node, ScalarNode)
    is_null = node.style is None and node.value in ("", "~", "null", "Null", "NULL")
    return None if is_null else node.value


def _mapping(node: MappingNode, file: SourceFile, where: Location) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, child in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise _Unreadable(line, "yaml", "a key must be plain text")
        if key.value in found:
            raise _Unreadable(line, "yaml", f"{key.value} stands here twice: keep one")
        file.lines[(*where, key.value)] = line
        found[key.value] = _value(child, file, (*where, key.value))
    return found


def _explain(error: ValidationError, file: SourceFile) -> Iterator[Problem]:
    for item in error.errors(include_url=False, include_input=False):
        where: Location = tuple(item["loc"])
        name = ".".join(map(str, where)) or "record"
        rule, message = "format", item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            rule, message = "unknown-field", "no such field: check the spelling against seed/schema"
        elif item["type"] == "missing":
            rule, message = "missing-field", "is required"
        yield file.problem(rule, f"{name}: {message}", *where)
