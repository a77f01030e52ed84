"""The canonical form of a seed file: fields in the order of seed/README.md, two blanks of indentation, comments where
they stood. ruamel.yaml writes the form; the order is made line by line, because its comments hang on the value before
them and would travel with the wrong field."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from app.seeding.exempt import ExceptionsFile
from app.seeding.reader import Problem, SourceFile, parse_text, read_value
from app.seeding.record import Agency, Claim, Company, HostedFile

Model = type[BaseModel]
# Written last in every claim, after its own fields.
TAIL = ("claim_status", "history", "sources", "verified_at", "verified_by", "reviewed_by")
DATES = ("valid_from", "valid_to")


def yaml_form() -> YAML:
    """The one form that files are written in."""
    form = YAML()
    form.preserve_quotes = True
    form.width = 1_000_000
    form.indent(mapping=2, sequence=4, offset=2)
    return form


def field_order(model: Model) -> list[str]:
    """The fields of a record in the order in which they are written."""
    names = list(model.model_fields)
    if not names or "verified_at" not in names:
        return names
    own = [name for name in names if name not in Claim.model_fields]
    at = own.index("status_as_of") + 1 if "status_as_of" in own else len(own)
    return [*own[:at], *DATES, *own[at:], *TAIL]


def seed_files(seed: Path) -> Iterator[tuple[Path, Model]]:
    """Every file of the seed that has a canonical form, and its model."""
    forms: dict[str, Model] = {
        "agencies/*.yml": Agency,
        "companies/*.yml": Company,
        "exceptions.yml": ExceptionsFile,
        "hosted.yml": HostedFile,
    }
    for pattern, model in forms.items():
        yield from ((path, model) for path in sorted(seed.glob(pattern)))


def formatted(path: Path, shown: str, model: Model, problems: list[Problem]) -> str | None:
    """A file in its canonical form, None with a problem where it is no YAML that the reader takes."""
    if read_value(path, SourceFile(shown), problems) is None:
        return None
    text = path.read_text("utf-8-sig")
    try:
        made = canonical(text, model)
    except YAMLError as error:
        problems.append(Problem(shown, 1, "yaml", f"cannot be put in order: {str(error).splitlines()[0]}"))
        return None
    if parse_text(made) != parse_text(text):
        problems.append(
            Problem(shown, 1, "yaml", "cannot be put in order without changing what it says: do it by hand")
        )
        return None
    return made


def canonical(text: str, model: Model) -> str:
    """The canonical form of a YAML text. Raises YAMLError where it is none."""
    form = yaml_form()
    loaded = form.load(text)
    _order_inline(loaded, model)
    plain = dumped(form, loaded)
    return _aligned("".join(_Lines(plain).arranged(form.load(plain), model)))


def _comments(text: str) -> set[int]:
    """The numbers of the lines that are comments; in a text of several lines `#` is a sign like others."""
    inside: set[int] = set()
    for event in yaml.parse(text):
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark:
            # The end of a block (`|`, `>`) is the line below it, that of a quoted text its own last line.
            end = event.end_mark.line + (event.style not in ("|", ">"))
            inside.update(range(event.start_mark.line + 1, end))
    lines = enumerate(text.splitlines())
    return {at for at, line in lines if line.lstrip(" ").startswith("#") and at not in inside}


def _aligned(text: str) -> str:
    """Every comment as deep as what stands below it."""
    lines, comments, depth = text.splitlines(keepends=True), _comments(text), 0
    for at in range(len(lines) - 1, -1, -1):
        bare = lines[at].lstrip(" ")
        if at in comments:
            lines[at] = " " * depth + bare
        elif bare.strip():
            depth = len(lines[at]) - len(bare)
    return "".join(lines)


def dumped(form: YAML, value: Any) -> str:
    """The text of a value in a form."""
    out = io.StringIO()
    form.dump(value, out)
    return out.getvalue()


def _inner(model: Model | None, key: str) -> tuple[Model | None, bool]:
    """The model of a field's records, and whether the field holds them by keys of the writer's choice."""
    if model is None or key not in model.model_fields:
        return None, False
    annotation = model.model_fields[key].annotation
    return _model_in(annotation), getattr(annotation, "__origin__", None) is dict


def _model_in(annotation: Any) -> Model | None:
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _sorted(keys: list[str], model: Model | None) -> list[str]:
    """Known fields in their order, others after them as they came."""
    order = field_order(model) if model else []
    return sorted(keys, key=lambda key: order.index(key) if key in order else len(order))


def _order_inline(value: Any, model: Model | None) -> None:
    """Put the fields of `{a: 1, b: 2}` in order; no comment can stand between them."""
    if isinstance(value, CommentedSeq):
        for item in value:
            _order_inline(item, model)
    elif isinstance(value, CommentedMap):
        for key, item in value.items():
            inner, by_key = _inner(model, key)
            for each in item.values() if by_key and isinstance(item, CommentedMap) else [item]:
                _order_inline(each, inner)
        if value.fa.flow_style():
            for key in _sorted(list(value), model):
                value.move_to_end(key)


class _Lines:
    """The lines of a text that is written in one form, to be put in order block by block. A comment belongs to what
    stands below it, those at the end of the file to the file."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self._comments = _comments(text)

    def arranged(self, value: Any, model: Model | None) -> list[str]:
        """All lines, the fields of every mapping in order."""
        end = self._above(len(self._lines), 0)
        return self._block(value, model, 0, end) + self._lines[end:]

    def _block(self, value: Any, model: Model | None, start: int, end: int, *, by_key: bool = False) -> list[str]:
        if not value or not isinstance(value, CommentedMap | CommentedSeq) or value.fa.flow_style():
            return self._lines[start:end]
        if isinstance(value, CommentedMap):
            return self._map(value, model, start, end, by_key=by_key)
        return self._seq(value, model, start, end)

    def _seq(self, value: CommentedSeq, model: Model | None, start: int, end: int) -> list[str]:
        firsts = [start, *(self._above(value.lc.item(at)[0], start) for at in range(1, len(value)))]
        parts = [self._block(item, model, *span) for item, *span in zip(value, firsts, [*firsts[1:], end], strict=True)]
        return [line for part in parts for line in part]

    def _map(self, value: CommentedMap, model: Model | None, start: int, end: int, *, by_key: bool) -> list[str]:
        keys = list(value)
        places = [value.lc.key(key)[0] for key in keys]
        firsts = [places[0], *(self._above(line, places[0]) for line in places[1:])]
        parts = {}
        for key, line, first, last in zip(keys, places, firsts, [*firsts[1:], end], strict=True):
            inner, inner_by_key = (model, False) if by_key else _inner(model, key)
            block = self._block(value[key], inner, line + 1, last, by_key=inner_by_key)
            parts[key] = self._lines[first : line + 1] + block
        order = keys if by_key else _sorted(keys, model)
        return self._lines[start : places[0]] + _joined(parts, keys, order, value.lc.key(keys[0])[1])

    def _above(self, line: int, floor: int) -> int:
        """The first of the comments right above a line."""
        while line - 1 > floor and line - 1 in self._comments:
            line -= 1
        return line


def _joined(parts: dict[str, list[str]], keys: list[str], order: list[str], column: int) -> list[str]:
    """The parts in order. The dash of a list's item stands before its first field, whichever that is."""
    if order != keys:
        first = parts[keys[0]]
        dash, first[0] = first[0][:column], " " * column + first[0][column:]
        now = parts[order[0]]
        at = next(n for n, line in enumerate(now) if not line.lstrip().startswith("#"))
        now[at] = dash + now[at][column:]
    return [line for key in order for line in parts[key]]
