"""Rules of the names by which people look for a company or an agency. They find pages and link nothing: award records
are matched by identifiers alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.lookup.spelling import folded
from app.seeding.reader import Location, Problem, SourceFile, Tree
from app.seeding.record import Agency, Company, IdentifierKind
from app.seeding.rules import rule

Named = tuple[Company | Agency, SourceFile]
LINKING = (IdentifierKind.RECIPIENT, IdentifierKind.PARENT)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a record, as it is compared, and where it stands."""

    folded: str
    file: SourceFile
    where: Location

    @property
    def is_alias(self) -> bool:
        return self.where[0] == "aliases"


def _all(tree: Tree) -> Iterator[Named]:
    yield from tree.agencies.values()
    yield from tree.companies.values()


def _names(record: Company | Agency, file: SourceFile) -> Iterator[_Name]:
    other = "legal_name" if isinstance(record, Company) else "short_name"
    for field in ("name", other):
        if getattr(record, field):
            yield _Name(folded(getattr(record, field)), file, (field,))
    for at, alias in enumerate(record.aliases):
        yield _Name(folded(alias), file, ("aliases", at))


@rule(
    "alias-form",
    why="A search goes straight to the page that an alias names.",
    mend="Leave out what the record is found by already, and what is shorter than two letters.",
)
def aliases_add_a_name(tree: Tree) -> Iterator[Problem]:
    """An alias has two letters or digits at least, and is no other name of its record, whatever its case and
    punctuation."""
    for record, file in _all(tree):
        seen: set[str] = set()
        for name in _names(record, file):
            if name.is_alias and len(name.folded) < 2:
                yield file.problem("alias-form", "an alias has two letters or digits at least", *name.where)
            elif name.is_alias and name.folded in seen:
                yield file.problem("alias-form", "the record has this name already", *name.where)
            seen.add(name.folded)


@rule(
    "alias-clash",
    why="A search goes straight to what is called just so; a name of two things must not accuse one of them.",
    mend="Remove it where people mean the other. If both are called so, except it: the search then shows both.",
    excusable=True,
)
def a_name_means_one(tree: Tree) -> Iterator[Problem]:
    """No company or agency has an alias or name of another's."""
    first: dict[str, _Name] = {}
    names = (name for record, file in _all(tree) for name in _names(record, file))
    for name in sorted(names, key=lambda name: name.is_alias):
        other = first.setdefault(name.folded, name)
        if name.folded and other.file is not name.file:
            message = f"{other.file.path}:{other.file.line(other.where)} has this name too"
            yield name.file.problem("alias-clash", message, *name.where)


@rule(
    "alias-recipient",
    why="5: award records are linked by identifiers alone; what is an alias must not be taken for one.",
    mend="Remove the alias: the company is found by its names and sites.",
)
def aliases_are_no_recipients(tree: Tree) -> Iterator[Problem]:
    """No alias is a recipient's or a reported parent's name in award records."""
    identifiers = (each for company, _ in tree.companies.values() for each in company.identifiers)
    linking = {folded(each.value) for each in identifiers if each.kind in LINKING}
    for record, file in _all(tree):
        for name in _names(record, file):
            if name.is_alias and name.folded in linking:
                yield file.problem("alias-recipient", "award records name a recipient so", *name.where)
