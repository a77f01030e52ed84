"""Names found by how they are spelled: by their beginning, by a part, or nearly so. A name that looks alike links
nothing (trust.md 5): what is found here is offered to a person, and no answer is made of it."""

import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["company", "agency"]

# How alike two spellings must be (difflib's ratio), whole or word by word: 0.72 keeps "ebya" for eBay and "mircosoft",
# and drops "amazement" for Amazon. More is needed of single words, because names have many of them in common.
ALIKE, ALIKE_WORDS = 0.72, 0.8
# So many candidates, those that share most trigrams, are compared letter by letter.
COMPARED = 60
LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something that can be found by name. `also` are other names of it."""

    kind: Kind
    id: str
    name: str
    also: tuple[str, ...] = ()


def folded(text: str) -> str:
    """A name as it is compared: without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())[:LONGEST]


class Names:
    """The names of one release, ready to be searched. Memory: about 1 KB a company."""

    def __init__(self, named: Iterable[Named]) -> None:
        self.named = tuple(named)
        # Every spelling of a name with its place in `named`: the whole ones, and the first words.
        self._spellings = [(text, at) for at, item in enumerate(self.named) for text in _spellings(item)]
        self._grams: dict[str, array[int]] = {}
        for place, (text, _) in enumerate(self._spellings):
            for gram in _grams(text):
                self._grams.setdefault(gram, array("I")).append(place)

    def beginning(self, text: str, limit: int) -> list[Named]:
        """What has a word that begins so: first the names that begin so themselves, the shorter ones first."""
        wanted = folded(text)
        if not wanted:
            return []
        ranked: dict[int, tuple[bool, int, str]] = {}
        for name, at in self._spellings:
            if f" {name}".find(f" {wanted}") >= 0:
                rank = (not name.startswith(wanted), len(self.named[at].name), name)
                ranked[at] = min(rank, ranked.get(at, rank))
        return [self.named[at] for at in sorted(ranked, key=ranked.__getitem__)[:limit]]

    def alike(self, text: str, limit: int) -> list[Named]:
        """What is spelled nearly so, the most alike first."""
        wanted = folded(text)
        shared = Counter(place for gram in _grams(wanted) for place in self._grams.get(gram, ()))
        best: dict[int, float] = {}
        for place, _ in shared.most_common(COMPARED):
            name, at = self._spellings[place]
            best[at] = max(_likeness(wanted, name), best.get(at, 0.0))
        found = sorted((-ratio, self.named[at].name, at) for at, ratio in best.items() if ratio >= ALIKE)
        return [self.named[at] for _, _, at in found[:limit]]


def _likeness(wanted: str, name: str) -> float:
    """How alike the whole is, or where more, how alike each word that is wanted is to some word of the name."""
    of_words = [max(_ratio(word, other) for other in name.split()) for word in wanted.split()]
    by_words = sum(of_words) / len(of_words) if min(of_words) >= ALIKE_WORDS else 0.0
    return max(_ratio(wanted, name), by_words)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _spellings(item: Named) -> set[str]:
    whole = {folded(name) for name in (item.name, *item.also)} - {""}
    return whole | {words[0] for words in (name.split() for name in whole) if len(words[0]) > 3}


def _grams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)} if text else set()
