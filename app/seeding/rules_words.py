"""Rules of words: no judgement, no contact of a person, no number that is licensed. Sources' titles and quotes are
their publishers' words; of them only the last is asked. (A site's own address in a quote is evidence whose it is.)"""

import re
from collections.abc import Callable, Iterator

from app.seeding.reader import Location, Problem, SourceFile, Tree
from app.seeding.record import Company
from app.seeding.rules import rule

Words = Callable[[Company], Iterator[tuple[Location, str]]]

# Words that judge. A name may hold one ("Massive Dynamic"): that is what exceptions are for.
JUDGING = re.compile(
    r"\b(alarming|brutal|controversial|cruel|disturbing|dystopian|enormous|evil|gigantic|heartless|huge|infamous"
    r"|inhumane|lucrative|massive|notorious|outrageous|scandalous|secretive|shady|shameful|shocking|sinister|so-called"
    r"|sweeping|troubling|unfortunately|unprecedented|whopping)\b",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
PHONE = re.compile(r"(?<![\w-])(\+1[ .-]?)?(\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])")
DUNS = re.compile(r"\bDUNS\b\D{0,20}\d{2}-?\d{3}-?\d{4}(?!\d)", re.IGNORECASE)


def _own_words(company: Company) -> Iterator[tuple[Location, str]]:
    for at, tie in enumerate(company.ties):
        yield ("ties", at, "title"), tie.title
        yield ("ties", at, "summary"), tie.summary
    for at, note in enumerate(company.notes):
        yield ("notes", at, "text"), note.text


def _names(company: Company) -> Iterator[tuple[Location, str]]:
    for key, source in company.sources.items():
        yield ("sources", key, "locator"), source.locator or ""
    for at, tie in enumerate(company.ties):
        yield ("ties", at, "recipient"), tie.recipient or ""
        yield ("ties", at, "via_name"), tie.via_name or ""
    for at, identifier in enumerate(company.identifiers):
        yield ("identifiers", at, "value"), identifier.value


def _quoted(company: Company) -> Iterator[tuple[Location, str]]:
    for key, source in company.sources.items():
        yield ("sources", key, "title"), source.title or ""
        yield ("sources", key, "quote"), source.quote or ""
    for at, tie in enumerate(company.ties):
        for n, said in enumerate(tie.statements):
            yield ("ties", at, "statements", n, "quote"), said.quote


def _texts(tree: Tree, *kinds: Words) -> Iterator[tuple[SourceFile, Location, str]]:
    for company, file in tree.companies.values():
        for words in kinds:
            for where, text in words(company):
                yield file, where, text


@rule(
    "no-judgement",
    why="6: no adjectives. A summary says who, for whom, what, when, how much of which kind, and who says so.",
    mend="Leave the word out. Where it is part of a name, write an exception.",
    excusable=True,
)
def summaries_do_not_judge(tree: Tree) -> Iterator[Problem]:
    """Titles, summaries and notes hold no word that judges."""
    for file, where, text in _texts(tree, _own_words):
        for found in JUDGING.finditer(text):
            yield file.problem("no-judgement", f"{found[0]!r} judges: say what the source shows", *where)


@rule(
    "no-contact",
    why="9: records about companies only; phone numbers and addresses of people are dropped.",
    mend="Leave the address or number out.",
    excusable=True,
)
def texts_name_no_contacts(tree: Tree) -> Iterator[Problem]:
    """No title, summary, note, name or locator holds an e-mail address or a telephone number."""
    for file, where, text in _texts(tree, _own_words, _names):
        for kind, form in (("an e-mail address", EMAIL), ("a telephone number", PHONE)):
            if form.search(text):
                yield file.problem("no-contact", f"{kind} stands here: leave it out", *where)


@rule(
    "no-duns",
    why="5: DUNS numbers are licensed and never stored in the seed.",
    mend="Leave the number out; a UEI may stand in its place where the record has one.",
)
def texts_hold_no_duns_numbers(tree: Tree) -> Iterator[Problem]:
    """No text gives a DUNS number."""
    for file, where, text in _texts(tree, _own_words, _names, _quoted):
        if DUNS.search(text):
            yield file.problem("no-duns", "a DUNS number stands here: leave it out", *where)
