"""Edits to seed files that keep everything else as it was written: order, comments, quotes (ruamel.yaml)."""

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

NULL = Tag(suffix="tag:yaml.org,2002:null")
TEXT = Tag(suffix="tag:yaml.org,2002:str")


class _AsWritten(VersionedResolver):
    """Scalars are text, as for the reader: `NO`, `0001133421` and `2018-10` come back as they were."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """The tag of a node."""
        if kind is ScalarNode:
            return NULL if implicit[0] and value in ("", "~", "null", "Null", "NULL") else TEXT
        return super().resolve(kind, value, implicit)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Resolver = _AsWritten
    yaml.preserve_quotes = True
    yaml.width = 1_000_000  # no line is broken that was not
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def parse(text: str) -> CommentedMap:
    """A seed file's record, to be changed in place."""
    record: CommentedMap = _yaml().load(text)
    return record


def written(record: CommentedMap) -> str:
    """The text of a record."""
    stream = StringIO()
    _yaml().dump(record, stream)
    return stream.getvalue()


def replace(path: Path, text: str) -> None:
    """Put a text into a file's place, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
