"""Rules for the codes and names by which award records mean a company.

One wrong link here would show another firm's contracts on a company's page, so each needs a record that shows it.
"""

import re
from collections.abc import Iterator

from app.lookup.dates import earliest, latest, surely_before
from app.seeding.reader import Problem, SourceFile, Tree
from app.seeding.record import Company, Identifier, IdentifierKind, SourceType
from app.seeding.rules import rule

FORMS = {IdentifierKind.UEI: r"[A-HJ-NP-Z1-9][A-HJ-NP-Z0-9]{11}", IdentifierKind.CAGE: r"[A-HJ-NP-Z0-9]{5}"}
RECORDS = (SourceType.GOVERNMENT_RECORD, SourceType.FILING)


def _all(tree: Tree) -> Iterator[tuple[Company, SourceFile, int, Identifier]]:
    for company, file in tree.companies.values():
        for at, identifier in enumerate(company.identifiers):
            yield company, file, at, identifier


@rule(
    "identifier-form",
    why="5: awards match a company by UEI and CAGE first.",
    mend="Copy the code from the record; a DUNS number has no place here.",
)
def codes_have_their_form(tree: Tree) -> Iterator[Problem]:
    """A UEI has 12 and a CAGE code 5 capital letters and digits; both leave out O and I (SAM.gov)."""
    for _, file, at, identifier in _all(tree):
        form = FORMS.get(identifier.kind)
        if form and not re.fullmatch(form, identifier.value):
            message = "a UEI has 12 and a CAGE code 5 capital letters and digits, without O and I"
            yield file.problem("identifier-form", message, "identifiers", at, "value")


@rule(
    "identifier-source",
    why="5: a name that looks alike links nothing; one wrong line shows another firm's contracts.",
    mend="Name the award record or the filing that shows the code or name.",
)
def sources_are_records(tree: Tree) -> Iterator[Problem]:
    """A code or name is shown by a government record or a filing that stands in the file."""
    for company, file, at, identifier in _all(tree):
        for position, key in enumerate(identifier.sources):
            where = ("identifiers", at, "sources", position)
            if key not in company.sources:
                yield file.problem("identifier-source", f"no source {key} in sources", *where)
            elif company.sources[key].type not in RECORDS:
                message = f"{key} is neither a government record nor a filing: name the record that shows it"
                yield file.problem("identifier-source", message, *where)


@rule(
    "identifier-unique",
    why="5: a code or name links to one company.",
    mend="End one with valid_to on the day on which it passed on, or remove it.",
)
def identifiers_are_unique(tree: Tree) -> Iterator[Problem]:
    """On one day a code or name means one company."""
    seen: dict[tuple[IdentifierKind, str], list[tuple[Identifier, str]]] = {}
    for _, file, at, identifier in _all(tree):
        others = seen.setdefault((identifier.kind, " ".join(identifier.value.split())), [])
        for other, place in others:
            if not (_ends_before(other, identifier) or _ends_before(identifier, other)):
                message = f"{identifier.value} stands at {place} too: end one with valid_to, or remove it"
                yield file.problem("identifier-unique", message, "identifiers", at, "value")
        others.append((identifier, f"{file.path}:{file.line(('identifiers', at))}"))


def _ends_before(first: Identifier, second: Identifier) -> bool:
    if first.valid_to is None or second.valid_from is None:
        return False
    return latest(first.valid_to) < earliest(second.valid_from)


def dates_are_in_order(tree: Tree) -> Iterator[Problem]:
    """The same of identifiers, for the rule `date-order`."""
    for _, file, at, identifier in _all(tree):
        if identifier.valid_from and identifier.valid_to and surely_before(identifier.valid_to, identifier.valid_from):
            message = f"ends {identifier.valid_to}, begins {identifier.valid_from}"
            yield file.problem("date-order", message, "identifiers", at, "valid_to")
