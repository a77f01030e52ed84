"""Which company an award record means, and on whose page it stands: by UEI, then CAGE, then a name that a maintainer
wrote down, at the recipient, then at the reported parent; never by resemblance (trust.md 5).

Dates decide for certain or not at all: a code, a name or an ownership counts on the days on which it surely held.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.awards.clean import collapse
from app.lookup.dates import earliest, latest
from app.seeding.reader import Tree
from app.seeding.record import IdentifierKind, OwnershipKind

ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)
# By what, which field of the record, which kind of identifier: the first that fits counts.
ORDER = (
    ("uei", "uei", IdentifierKind.UEI),
    ("cage", "cage", IdentifierKind.CAGE),
    ("alias", "name", IdentifierKind.RECIPIENT),
    ("parent_uei", "parent_uei", IdentifierKind.UEI),
    ("parent_alias", "parent_name", IdentifierKind.PARENT),
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient as records name it; `who` is the hash of the rest."""

    who: str
    uei: str | None
    cage: str | None
    name: str | None
    parent_uei: str | None
    parent_name: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """From `since` to the day before `until`, this recipient is `company`; `matched_by` and `matched_value` say why."""

    who: str
    company: str
    matched_by: str
    matched_value: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Holding:
    """From `since` to the day before `until`, what `holder` gets stands on the page of `company` too."""

    holder: str
    company: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class _Window:
    company: str
    value: str
    since: date
    until: date


class Matcher:
    """The identifiers of the seed, ready to be asked."""

    def __init__(self, tree: Tree) -> None:
        self._known: dict[tuple[IdentifierKind, str], list[_Window]] = {}
        for company, _ in tree.companies.values():
            for each in company.identifiers:
                since, until = _surely(each.valid_from, each.valid_to)
                value = collapse(each.value)
                window = _Window(company.id, value, since, until)
                self._known.setdefault((each.kind, value), []).append(window)

    def matches(self, recipient: Recipient) -> Iterator[Match]:
        """The companies that a recipient is, over time; nothing where it is none of the data."""
        candidates = [
            (by, window)
            for by, field, kind in ORDER
            for window in self._known.get((kind, getattr(recipient, field) or ""), ())
        ]
        edges = sorted({day for _, window in candidates for day in (window.since, window.until)})
        for since, until in pairwise(edges):
            best = next((c for c in candidates if c[1].since <= since and until <= c[1].until), None)
            if best:
                by, window = best
                yield Match(recipient.who, window.company, by, window.value, since, until)


def holdings(tree: Tree) -> Iterator[Holding]:
    """Every company on its own page, and on those of the owners that surely controlled it, and when.

    An ownership without a known beginning counts for no day: trust.md 3 asks for the award's date.
    """
    for company in tree.companies:
        yield Holding(company, company, ALWAYS, NEVER)
        yield from _owners(tree, company, company, ALWAYS, NEVER, (company,))


def _owners(
    tree: Tree, holder: str, company: str, since: date, until: date, path: tuple[str, ...]
) -> Iterator[Holding]:
    for claim in tree.companies[company][0].owners:
        controls = claim.kind != OwnershipKind.MINORITY and claim.claim_status != "retracted"
        if not controls or claim.valid_from is None or claim.owner in path or claim.owner not in tree.companies:
            continue
        begins, ends = _surely(claim.valid_from, claim.valid_to, handover=True)
        begins, ends = max(begins, since), min(ends, until)
        if begins < ends:
            yield Holding(holder, claim.owner, begins, ends)
            yield from _owners(tree, holder, claim.owner, begins, ends, (*path, claim.owner))


def _surely(valid_from: str | None, valid_to: str | None, *, handover: bool = False) -> tuple[date, date]:
    """The first day on which something of this precision surely holds, and the day after the last. On the day of a
    handover the next owner owns."""
    since = latest(valid_from) if valid_from else ALWAYS
    if valid_to is None:
        return since, NEVER
    last = earliest(valid_to)
    return since, last if handover else date.fromordinal(last.toordinal() + 1)
