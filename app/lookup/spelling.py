"""Names found by how they are spelled: exactly, by how a word begins, or nearly so. A name that looks alike links
nothing (trust.md 5): what is found here is offered to a person, and no answer is made of it."""

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["company", "agency"]

# Nothing shorter is corrected: "cnn" is no Canon, "temu" no Meta. One slip is allowed, two from so many letters on:
# "Staples" is no Stamps.com, "Experian" no Expedia.
SHORTEST, LONG = 5, 9
# A name is compared up to so many of its words.
WORDS = 4
# So many candidates, those that share most trigrams, are compared letter by letter.
COMPARED = 60
LONGEST = 80
# Letters that stand alone, as in "U.S.", are one word.
_INITIALS = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something that can be found by name. `also` are its legal or short name, `aliases` what else is listed under it:
    a product, a unit, an everyday word."""

    kind: Kind
    id: str
    name: str
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is found by, its own name first."""
        return (self.name, *self.also, *self.aliases)


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found, and by which of its names, or by which of its sites."""

    named: Named
    by: str
    site: bool = False

    @property
    def is_alias(self) -> bool:
        """Whether it was found by an alias."""
        return not self.site and self.by in self.named.aliases


def folded(text: str) -> str:
    """A name as it is compared: without case, accents and punctuation, initials together."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return _INITIALS.sub(r"\1", " ".join(kept.split()))[:LONGEST]


class Names:
    """The names of one release, ready to be searched. Memory: about 1 KB a company."""

    def __init__(self, named: Iterable[Named]) -> None:
        self.named = tuple(named)
        self.companies = {item.id: item for item in self.named if item.kind == "company"}
        self._names = [Hit(item, name) for item in self.named for name in item.names]
        self._folded = [folded(hit.by) for hit in self._names]
        self._exact: dict[str, list[int]] = {}
        for at, name in enumerate(self._folded):
            self._exact.setdefault(name, []).append(at)
        self._spellings = [(text, at) for at, hit in enumerate(self._names) for text in _spellings(hit)]
        self._grams: dict[str, array[int]] = {}
        for place, (text, _) in enumerate(self._spellings):
            for gram in _grams(text):
                self._grams.setdefault(gram, array("I")).append(place)

    def exact(self, text: str) -> list[Hit]:
        """What is called just so. More than one where a name means several."""
        wanted = folded(text)
        return _once(self._names[at] for at in self._exact.get(wanted, ()) if wanted)

    def beginning(self, text: str) -> list[Hit]:
        """What has a name in which a word begins so: first what is called just so, then names that begin so
        themselves, the shorter ones first."""
        wanted = folded(text)
        if not wanted:
            return []
        ranked = [
            (name != wanted, not name.startswith(wanted), hit.by != hit.named.name, len(hit.by), name, at)
            for at, (name, hit) in enumerate(zip(self._folded, self._names, strict=True))
            if f" {wanted}" in f" {name}"
        ]
        return _once(self._names[rank[-1]] for rank in sorted(ranked))

    def alike(self, text: str, limit: int) -> list[Hit]:
        """What is spelled nearly so, the most alike first. Nothing where so little is typed that it says nothing."""
        wanted = folded(text).replace(" ", "")
        if len(wanted) < SHORTEST:
            return []
        shared = Counter(place for gram in _grams(wanted) for place in self._grams.get(gram, ()))
        best: dict[int, int] = {}
        for place, _ in shared.most_common(COMPARED):
            spelling, at = self._spellings[place]
            best[at] = min(_slips(wanted, spelling), best.get(at, LONGEST))
        allowed = 1 if len(wanted) < LONG else 2
        found = sorted((slips, self._names[at].by, at) for at, slips in best.items() if slips <= allowed)
        return _once(self._names[at] for _, _, at in found)[:limit]


def _once(hits: Iterable[Hit]) -> list[Hit]:
    """Each thing by the first of its names."""
    found: dict[tuple[Kind, str], Hit] = {}
    for hit in hits:
        found.setdefault((hit.named.kind, hit.named.id), hit)
    return list(found.values())


def _slips(one: str, other: str) -> int:
    """How many letters were left out, added, exchanged or swapped with the next (optimal string alignment)."""
    if abs(len(one) - len(other)) > 2:
        return LONGEST
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != against)))
            if i > 1 and j > 1 and one[i - 2] == against and letter == other[j - 2]:
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def _spellings(hit: Hit) -> Iterator[str]:
    """What typing errors are compared with, without spaces: the first words of a name. Of an agency's any words, for
    those begin with "U.S. Department of"; of a company's not, or "Publix" would be National Public Radio."""
    words = folded(hit.by).removeprefix("the ").split()
    for first in range(len(words) if hit.named.kind == "agency" else 1):
        for last in range(first + 1, min(first + WORDS, len(words)) + 1):
            yield "".join(words[first:last])


def _grams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)} if text else set()
