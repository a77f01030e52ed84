"""The real seed, spoilt in one place at a time: what was done, and where which rule must refuse it.

Each kind is one function. It takes a file as lines with the place of every field, and gives the spoilt file and the
line on which the rule must be found, or None where the file has nothing to spoil in that way.
"""

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.seeding import reader
from app.seeding.checks import check
from app.seeding.reader import Location, Problem, SourceFile, Tree, read_tree
from app.seeding.record import Company
from app.settings import ROOT

REAL = ROOT / "seed"
Spoilt = tuple[list[str], int]
BARE = re.compile(r"^[A-Za-z]")


class Mutants:
    """A copy of the real seed in which one file at a time is spoilt. Files read before are not read again."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seed = Path(shutil.copytree(REAL, folder / "seed"))
        self._known: dict[Path, tuple[Any, dict[Any, int]]] = {}
        self._spoilt: Path | None = None
        self._read = reader._read_file
        monkeypatch.setattr(reader, "_read_file", self._remember)
        self.tree = read_tree(self.seed)
        self.before = check(self.tree)

    def _remember(self, path: Path, file: SourceFile, model: Any, found: list[Problem]) -> Any:
        if path == self._spoilt:
            return self._read(path, file, model, found)
        if path not in self._known:
            self._known[path] = (self._read(path, file, model, found), file.lines)
        record, file.lines = self._known[path]
        return record

    def check(self, path: Path, text: str | bytes | None) -> list[Problem]:
        """The problems that this content of this file adds; None takes the file away."""
        whole = path.read_bytes() if path.exists() else None
        self._spoilt = path
        try:
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text.encode() if isinstance(text, str) else text)
            return sorted(set(check(read_tree(self.seed))) - set(self.before))
        finally:
            path.unlink(missing_ok=True)
            if whole is not None:
                path.write_bytes(whole)


@dataclass(frozen=True, slots=True)
class Page:
    """A company's file, and the tree around it. Line numbers begin with 1."""

    company: Company
    file: SourceFile
    lines: list[str]
    tree: Tree
    chance: random.Random

    def pick(self, pattern: str) -> Location | None:
        """The place of any field whose path fits, of those that stand alone on their line: `ties/0/summary`."""
        fits = [where for where in self.file.lines if re.fullmatch(pattern, "/".join(map(str, where)))]
        alone = [where for where in fits if re.fullmatch(rf" *(- )?{where[-1]}:.*\n", self.at(where))]
        return self.chance.choice(alone) if alone else None

    def at(self, where: Location) -> str:
        return self.lines[self.file.line(where) - 1]

    def put(self, where: Location, value: str) -> list[str]:
        """The lines with another value on a field's line."""
        line = self.file.line(where) - 1
        head = self.lines[line].partition(":")[0]
        return [*self.lines[:line], f"{head}: {value}\n", *self.lines[line + 1 :]]

    def drop(self, where: Location) -> list[str]:
        line = self.file.line(where) - 1
        return [*self.lines[:line], *self.lines[line + 1 :]]

    def below(self, where: Location, *texts: str) -> Spoilt:
        """The lines with more of them below a field's, as deep as its key; and the number of the first."""
        line = self.file.line(where)
        deep = len(self.lines[line - 1]) - len(self.lines[line - 1].lstrip(" -"))
        return [*self.lines[:line], *(" " * deep + text + "\n" for text in texts), *self.lines[line:]], line + 1

    def earlier(self, what: Callable[[Company], list[str]]) -> list[str]:
        """What the companies before this one, in the order of reading, have of something."""
        before = [company for company, _ in self.tree.companies.values() if company.id < self.company.id]
        return [each for company in before for each in what(company)]


Kind = Callable[[Page], Spoilt | None]
KINDS: dict[str, tuple[str, Kind]] = {}


def kind(rule: str) -> Callable[[Kind], Kind]:
    def register(function: Kind) -> Kind:
        KINDS[function.__name__] = (rule, function)
        return function

    return register


def another_value(name: str, rule: str, pattern: str, *values: str, claim: bool = False) -> None:
    """A kind that writes one of these values into a field; the problem stands there, or (`claim`) at the claim."""

    def spoil(page: Page) -> Spoilt | None:
        where = page.pick(pattern)
        if where is None:
            return None
        value = page.chance.choice(values)
        return page.put(where, value), page.file.line(where[:2] if claim else where)

    KINDS[name] = (rule, spoil)


def one_more(name: str, rule: str, pattern: str, text: str, *, claim: bool = False) -> None:
    """A kind that adds a line below a field; the problem stands there, or (`claim`) where the claim is."""

    def spoil(page: Page) -> Spoilt | None:
        where = page.pick(pattern)
        if where is None or f"{text.partition(':')[0]}:" in "".join(page.lines):
            return None
        lines, line = page.below(where, text)
        return lines, page.file.line(where[:2]) if claim else line

    KINDS[name] = (rule, spoil)


CLAIM = r"(domains|owners|ties|notes)/\d+/"
another_value("bad_date", "format", f"{CLAIM}verified_at", "2026-13-01", "2026-02-30", "25.11.2026", "yesterday")
another_value("future_date", "future-date", f"{CLAIM}verified_at|ties/\\d+/status_as_of", "2999-01-01", "2999")
another_value("unknown_agency", "agency-known", r"ties/\d+/agency", "us-none", "ice")
another_value("unknown_owner", "company-known", r"owners/\d+/owner", "nobody-at-all")
another_value(
    "no_link", "format", r"sources/[^/]+/url", "htp://x.com/a", "http:/x.com", "www.x.com", "https://x", "???"
)
another_value("backstage", "public-address", r"sources/[^/]+/url", "https://dev.x.com/a", "https://x.com/?utm_id=b")
another_value("rumour", "format", r"sources/[^/]+/type", "rumour", "Press")
another_value("bad_kind", "format", r"ties/\d+/kind|owners/\d+/kind", "friendship")
another_value("bad_money", "format", r"ties/\d+/amounts/\d+/value", "-5", "$19", "1,000", "0")
another_value("blank", "missing-field", rf"sources/[^/]+/(url|publisher)|{CLAIM}verified_by|ties/\d+/title", "")
another_value(
    "bad_name",
    "domain-form",
    r"domains/\d+/name",
    "co.uk",
    "Quiet.com",
    "https://x.com",
    "192.0.2.1",
    "localhost",
    "x..y",
)
another_value("alias", "yaml", r"name|legal_name", "*name", "&name Name")
another_value("hidden", "yaml", r"name|sources/[^/]+/title", '"Name\\u202e"', '"Na\\e[31m"')
another_value("another_id", "file-name", r"id", "somebody-else")
another_value("bound_dataset", "dataset-licence", r"sources/[^/]+/dataset/licence", "CC BY-SA 4.0", "ODbL 1.0")
another_value("long_quote", "format", r"sources/[^/]+/quote", '"' + "word " * 41 + '"')
one_more("short_alias", "alias-form", "name", "aliases: [Q!]")
one_more("alias_of_another", "alias-clash", "name", "aliases: [I.C.E.]")
one_more("made_up_copy", "archive-copy", r"sources/[^/]+/publisher", "archive_url: https://copies.example/1")
one_more("phone", "no-contact", r"sources/[^/]+/publisher", "locator: call 202-555-0143")
one_more("duns", "no-duns", r"sources/[^/]+/publisher", 'locator: "DUNS: 001133421"')
one_more("unknown_key", "unknown-field", rf"sources/[^/]+/publisher|{CLAIM}verified_at", "colour: red")
one_more("own_reviewer", "format", f"{CLAIM}verified_at", "reviewed_by: automated", claim=True)
one_more("unexplained", "format", f"{CLAIM}verified_at", "claim_status: retracted", claim=True)
one_more("ends_first", "date-order", r"owners/\d+/valid_from", "valid_to: 1776")


@kind("missing-field")
def drop_a_source(page: Page) -> Spoilt | None:
    where = page.pick(f"{CLAIM}sources")
    if where is None or "[" not in page.at(where):
        return None
    return page.drop(where), page.file.line(where[:2])


@kind("missing-field")
def drop_a_publisher(page: Page) -> Spoilt | None:
    where = page.pick(r"sources/[^/]+/(publisher|type)")
    return (page.drop(where), page.file.line(where[:2])) if where else None


@kind("source-known")
def unknown_source(page: Page) -> Spoilt | None:
    where = page.pick(f"{CLAIM}sources")
    if where is None or "[" not in page.at(where):
        return None
    kept = page.at(where).partition("[")[2].strip()
    return page.put(where, f"[no-such-source, {kept}"), page.file.line(where)


@kind("source-known")
def unused_source(page: Page) -> Spoilt | None:
    if ("sources",) not in page.file.lines:
        return None
    texts = ("  spare:", "    url: https://x.example/a", "    publisher: X", "    type: press")
    return page.below(("sources",), *texts)


@kind("yaml")
def key_twice(page: Page) -> Spoilt | None:
    where = page.pick(r"name|sources/[^/]+/publisher")
    assert where
    return page.below(where, page.at(where).strip())


@kind("yaml")
def tab(page: Page) -> Spoilt | None:
    where = page.pick(r"sources/[^/]+/url")
    if where is None:
        return None
    line = page.file.line(where)
    return [*page.lines[: line - 1], "\t" + page.lines[line - 1], *page.lines[line:]], line


@kind("encoding")
def no_utf_8(page: Page) -> Spoilt | None:
    line = page.chance.randrange(1, len(page.lines) + 1)
    text = page.lines[line - 1]
    return [*page.lines[: line - 1], text[:-1] + "\udcff\n", *page.lines[line:]], line


@kind("too-large")
def too_large(page: Page) -> Spoilt | None:
    return [*page.lines, "# filler\n" * 120_000], 1


@kind("domain-unique")
def domain_of_another(page: Page) -> Spoilt | None:
    where = page.pick(r"domains/\d+/name")
    taken = page.earlier(lambda company: [claim.name for claim in company.domains if not claim.valid_to])
    if where is None or not taken or ("domains", where[1], "valid_from") in page.file.lines:
        return None
    return page.put(where, page.chance.choice(taken)), page.file.line(where)


@kind("id-unique")
def id_of_another(page: Page) -> Spoilt | None:
    where = page.pick(r"ties/\d+/id|notes/\d+/id")
    taken = page.earlier(lambda company: [claim.id for claim in company.ties])
    return (page.put(where, page.chance.choice(taken)), page.file.line(where[:2])) if where and taken else None


@kind("owner-cycle")
def owns_itself(page: Page) -> Spoilt | None:
    owners = [at for at, o in enumerate(page.company.owners) if not o.valid_to and o.kind != "minority"]
    if not owners:
        return None
    return page.put(("owners", owners[0], "owner"), page.company.id), page.file.line(("owners",))


@kind("one-owner")
def two_owners(page: Page) -> Spoilt | None:
    owners = [o for o in page.company.owners if not o.valid_to and o.kind != "minority"]
    if not owners or not page.company.sources:
        return None
    other = next(name for name in page.tree.companies if name not in (page.company.id, owners[0].owner))
    first, key = page.file.line(("owners", 0)), next(iter(page.company.sources))
    texts = [f"  - owner: {other}", "    kind: brand", f"    sources: [{key}]", "    verified_at: 2026-01-02",
             "    verified_by: automated"]  # fmt: skip
    at = next(n for n, each in enumerate(page.company.owners) if each is owners[0])
    lines = [*page.lines[: first - 1], *(text + "\n" for text in texts), *page.lines[first - 1 :]]
    return lines, page.file.line(("owners", at)) + len(texts)


@kind("evidence")
def wrong_evidence(page: Page) -> Spoilt | None:
    where = page.pick(r"ties/\d+/evidence")
    if where is None:
        return None
    tie = page.company.ties[int(where[1])]
    value = "single_report" if tie.evidence != "single_report" else "record"
    return page.put(where, value), page.file.line(where)


@kind("dataset-use")
def dataset_on_a_tie(page: Page) -> Spoilt | None:
    keys = {key: at for at, tie in enumerate(page.company.ties) for key in tie.sources}
    usable = [key for key in keys if page.company.sources[key].dataset is None]
    if not usable:
        return None
    key = page.chance.choice(usable)
    where: Location = ("sources", key, "type")
    lines, _ = page.below(where, "dataset: {name: Set, version: '1', licence: MIT}")
    type_ = page.file.line(where) - 1
    lines[type_] = lines[type_].partition(":")[0] + ": dataset\n"
    cited = page.file.line(("ties", keys[key], "sources", page.company.ties[keys[key]].sources.index(key)))
    return lines, cited + (cited > type_)


@kind("reseller-party")
def prime_through_somebody(page: Page) -> Spoilt | None:
    prime = [at for at, tie in enumerate(page.company.ties) if tie.kind in ("prime_contract", "grant")]
    if not prime:
        return None
    at = page.chance.choice(prime)
    return page.below(("ties", at, "agency"), "via_name: Somebody")[0], page.file.line(("ties", at))


@kind("no-judgement")
def judged(page: Page) -> Spoilt | None:
    where = page.pick(r"ties/\d+/(title|summary)|notes/\d+/text")
    value = page.at(where).partition(": ")[2] if where else ""
    if where is None or not BARE.match(value):
        return None
    word = page.chance.choice(["Controversial", "massive", "A secretive", "Notorious"])
    return page.put(where, f"{word} {value.strip()}"), page.file.line(where)


@kind("identifier-form")
def bad_code(page: Page) -> Spoilt | None:
    codes = [at for at, each in enumerate(page.company.identifiers) if each.kind in ("uei", "cage")]
    if not codes:
        return None
    where: Location = ("identifiers", page.chance.choice(codes), "value")
    return page.put(where, page.chance.choice(["'12345678'", "OOOOO", "abcde"])), page.file.line(where)


@kind("identifier-source")
def code_without_a_record(page: Page) -> Spoilt | None:
    said = [key for key, each in page.company.sources.items() if each.type not in ("government_record", "filing")]
    where = page.pick(r"identifiers/\d+/sources")
    if where is None or not said or "[" not in page.at(where):
        return None
    return page.put(where, f"[{said[0]}]"), page.file.line(where)


@kind("identifier-unique")
def code_of_another(page: Page) -> Spoilt | None:
    taken = page.earlier(lambda company: [i.value for i in company.identifiers if i.kind == "recipient"])
    here = [at for at, each in enumerate(page.company.identifiers) if each.kind == "recipient" and not each.valid_from]
    if not taken or not here:
        return None
    where: Location = ("identifiers", page.chance.choice(here), "value")
    return page.put(where, f'"{page.chance.choice(taken)}"'), page.file.line(where)
