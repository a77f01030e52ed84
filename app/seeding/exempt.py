"""What seed/exceptions.yml may hold."""

from typing import Annotated

from pydantic import StringConstraints

from app.seeding.fields import Line, Slug, Text
from app.seeding.record import Record


class Exempt(Record):
    """A problem that may stand, and why. `file` is a path under `seed/`; `claim` the id of a claim of that file, the
    key of a source or an alias, without which the rule is excepted in the whole file."""

    rule: Slug
    file: Line
    claim: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    reason: Text


class ExceptionsFile(Record):
    """`seed/exceptions.yml`."""

    exceptions: tuple[Exempt, ...] = ()
