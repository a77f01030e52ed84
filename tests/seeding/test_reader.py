"""Reading seed files: whatever stands there, problems with file, line and rule come back, and nothing is raised."""

import json
import os
import random
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.render.schemas import SEED, seed_schema
from app.seeding import reader
from app.seeding.checks import check
from app.seeding.reader import MAX_BYTES, SourceFile, read_tree
from app.seeding.record import Company
from app.settings import ROOT
from tests.seeding.conftest import Refused
from tests.seeding.seeds import At, Bad, Change, add, both, drop, places, problems, put
from tests.worlds import CHECKED, World, domain, source, tie

HEAD = "id: raw\nname: Raw\n"


def raw(world: World, data: bytes, name: str = "raw.yml") -> list[tuple[str, int, str]]:
    """The problems of the world with one more company file that holds these bytes."""
    path = world.write() / "companies" / name
    path.write_bytes(data)
    return places(check(read_tree(world.folder)))


FILES: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 1, "yaml"),
    ("only a comment", b"# nothing\n", 1, "yaml"),
    ("null", b"null\n", 1, "format"),
    ("a list", b"- id: raw\n", 1, "format"),
    ("two documents", f"{HEAD}---\nid: two\n".encode(), 3, "yaml"),
    ("broken", f"{HEAD}sources: [\n".encode(), 4, "yaml"),
    ("open quote", b'id: raw\nname: "Raw\n', 3, "yaml"),
    ("duplicate key", f"{HEAD}legal_name: A\nname: Raw\n".encode(), 4, "yaml"),
    ("duplicate key in depth", f"{HEAD}sources:\n  a: {{}}\n  a: {{}}\n".encode(), 5, "yaml"),
    ("key that is a list", f"{HEAD}? [a]\n: b\n".encode(), 3, "yaml"),
    ("alias", b"id: raw\nname: &x Raw\nlegal_name: *x\n", 3, "yaml"),
    ("alias of nothing", f"{HEAD}legal_name: *x\n".encode(), 3, "yaml"),
    ("tab indentation", f"{HEAD}sources:\n\tpage: {{}}\n".encode(), 4, "yaml"),
    ("latin-1", f"{HEAD}legal_name: Café\n".encode("latin-1"), 3, "encoding"),
    ("utf-16", HEAD.encode("utf-16"), 1, "encoding"),
    ("utf-16 without a mark", HEAD.encode("utf-16-le"), 1, "yaml"),
    ("nul", b"id: raw\nname: R\x00w\n", 2, "yaml"),
    ("nul in an escape", b'id: raw\nname: "R\\0w"\n', 2, "yaml"),
    ("escape to the terminal", b'id: raw\nname: Raw\nlegal_name: "\\e[31m"\n', 3, "yaml"),
    ("half a surrogate pair", b'id: raw\nname: "R\\ud800w"\n', 2, "yaml"),
    ("no such character", b'id: raw\nname: "R\\U00110000w"\n', 2, "yaml"),
    ("a character past every number", b'id: raw\nname: "R\\UFFFFFFFFw"\n', 2, "yaml"),
    ("binary", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 1, "encoding"),
    ("two megabytes", HEAD.encode() + b"# filler\n" * 250_000, 1, "too-large"),
    ("brackets", f"{HEAD}legal_name: {'[' * 10_000}\n".encode(), 3, "yaml"),
    ("closed brackets", f"{HEAD}legal_name: {'[' * 10_000}{']' * 10_000}\n".encode(), 3, "yaml"),
    ("braces", f"{HEAD}legal_name: {'{a: ' * 10_000}{'}' * 10_000}\n".encode(), 3, "yaml"),
    ("nested lists", f"{HEAD}domains:\n  {'- ' * 10_000}\n".encode(), 4, "yaml"),
    ("a version of a thousand digits", b"%YAML " + b"9" * 5000 + b".1\n---\n" + HEAD.encode(), 1, "yaml"),
    ("a number of 6,000 digits", b"id: raw\nname: Raw\nlegal_name: " + b"9" * 6000 + b"\n", 3, "format"),
    ("id not like the file", b"name: Raw\nid: other\n", 2, "file-name"),
    ("id of capitals", b"name: Raw\nid: Raw\n", 2, "format"),
    ("unknown field", f"{HEAD}colour: red\n".encode(), 3, "unknown-field"),
    ("missing field", b"id: raw\n", 1, "missing-field"),
    ("nothing after the colon", b"id: raw\nname:\n", 2, "format"),
    ("a list for a text", b"id: raw\nname: [Raw]\n", 2, "format"),
    ("windows lines", b"id: raw\r\nname: Raw\r\ncolour: red\r\n", 3, "unknown-field"),
]


@pytest.mark.parametrize(("data", "line", "rule"), [f[1:] for f in FILES], ids=[f[0].replace(" ", "-") for f in FILES])
def test_a_bad_file_is_refused_with_line_and_rule(
    data: bytes, line: int, rule: str, world: World, refused: Refused
) -> None:
    started = time.monotonic()
    found = raw(world, data)
    assert time.monotonic() - started < 5  # some parsers need half a minute for the brackets
    assert found == [("seed/companies/raw.yml", line, rule)]
    assert refused(world) == found


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + HEAD.encode(), HEAD.replace("\n", "\r\n").encode(), HEAD.encode()])
def test_byte_order_marks_and_windows_lines_are_fine(data: bytes, world: World) -> None:
    assert raw(world, data) == []


def test_the_largest_file_is_read(world: World) -> None:
    assert raw(world, HEAD.encode() + b"#" * (MAX_BYTES - len(HEAD))) == []
    assert raw(world, HEAD.encode() + b"#" * (MAX_BYTES - len(HEAD) + 1)) == [
        ("seed/companies/raw.yml", 1, "too-large")
    ]


@pytest.mark.parametrize("name", ["raw.yaml", "raw.json", "raw.yml.bak", "raw", ".raw.yml.swp", "README.md"])
def test_only_yml_files_belong_there(name: str, world: World, refused: Refused) -> None:
    assert raw(world, HEAD.encode(), name) == [(f"seed/companies/{name}", 1, "file-name")]
    refused(world)


def dangling(path: Path) -> None:
    path.symlink_to("nowhere.yml")


def itself(path: Path) -> None:
    path.symlink_to(path.name)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def locked(path: Path) -> None:
    path.write_text(HEAD)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root reads everything")


@pytest.mark.parametrize("make", [Path.mkdir, dangling, itself, os.mkfifo, device, locked])
def test_what_cannot_be_read_is_named_and_stops_nothing(
    make: Callable[[Path], None], world: World, refused: Refused
) -> None:
    put("quiet", colour="red")(world)
    make(world.write() / "companies" / "raw.yml")
    found = refused(world)
    assert ("seed/companies/raw.yml", 1, "missing") in found
    assert ("seed/companies/quiet.yml", "unknown-field") in [(file, rule) for file, _, rule in found]


@pytest.mark.parametrize("name", ["companies", "agencies", "hosted.yml"])
def test_a_part_that_is_missing_is_named(name: str, world: World, refused: Refused) -> None:
    path = world.write() / name
    path.unlink() if path.is_file() else shutil.rmtree(path)
    assert (f"seed/{name}", 1, "missing") in refused(world)


def test_no_seed_at_all(world: World, refused: Refused) -> None:
    assert [rule for _, _, rule in refused(world)] == ["missing"]


QUIET = "companies/quiet.yml"
OLD = "companies/old.yml"
AMOUNT = {"kind": "obligated", "value": "5", "as_of": "2019", "source": "award"}


def old_tie(**fields: Any) -> Change:
    return put("old", "ties", 0, **fields)


def words(count: int) -> str:
    return " ".join(["word"] * count)


def wrong(name: str, change: Change, mark: str, below: int = 0, rule: str = "format") -> Bad:
    return Bad(name, change, (At(OLD, rule, mark, below),))


RECORDS = [
    *(
        wrong(f"amount {value!r}", old_tie(amounts=[AMOUNT | {"value": value}]), '"value"')
        for value in ("41,000,000", "-5", "0", "0.00", "5.123", "$5", "5 million", "5e6", "", "9" * 14, "٤١")
    ),
    *(
        wrong(f"date {text!r}", put("old", "domains", 0, valid_from=text), '"valid_from"')
        for text in ("24.1.2018", "2018-1", "2018-13", "2018-02-30", "18", "0000", "2018-01-24T00:00", "２０１８", "")
    ),
    wrong("quote too long", put("old", "sources", "award", quote=words(41)), '"quote"'),
    wrong(
        "statement too long",
        old_tie(statements=[{"by": "old", "date": "2019", "quote": words(41), "source": "award"}]),
        '"quote"',
    ),
    wrong("amount of another source", old_tie(amounts=[AMOUNT | {"source": "page"}]), '"ties"', 1),
    wrong("unknown kind", old_tie(kind="friendship"), '"kind"'),
    wrong("award key", old_tie(awards=["HSCETC14C00002"]), '"HSCETC14C00002"'),
    wrong("award key too long", old_tie(awards=["CONT_AWD_" + "1" * 192]), '"CONT_AWD_'),
    wrong("uei", old_tie(uei="123"), '"uei"'),
    wrong("cage", old_tie(cage="123456"), '"cage"'),
    wrong("currency", old_tie(amounts=[AMOUNT | {"currency": "usd"}]), '"currency"'),
    wrong("via twice", old_tie(kind="reseller", via="bigco", via_name="Bigco"), '"ties"', 1),
    wrong("supplier of nobody", old_tie(kind="supplier_of_contractor"), '"ties"', 1),
    wrong("an end but active", old_tie(status="active"), '"ties"', 1),
    wrong("disputed without a word", put("old", "domains", 0, claim_status="disputed"), '"domains"', 1),
    wrong("no sources", put("old", "domains", 0, sources=[]), '"sources": []'),
    wrong("source without a link", put("old", "sources", "page", url="the archive"), '"url": "the archive"'),
    wrong("a dataset that is not described", put("old", "sources", "page", type="dataset"), '"page": {'),
    wrong("missing sources", drop("old", "domains", 0, "sources"), '"domains"', 1, "missing-field"),
    wrong("missing date of checking", drop("old", "ties", 0, "verified_at"), '"ties"', 1, "missing-field"),
    wrong("missing publisher", drop("old", "sources", "page", "publisher"), '"page": {', 0, "missing-field"),
    wrong("unknown field of a tie", old_tie(colour="red"), '"colour"', 0, "unknown-field"),
    wrong("unknown field of a source", put("old", "sources", "page", link="x"), '"link"', 0, "unknown-field"),
    wrong(
        "research in one place",
        add("old", "research", {"id": "r", "date": "2020", "by": "me", "searched": [{"where": "a", "what": "b"}]}),
        '"searched"',
    ),
    Bad(
        "agency's short name too long",
        lambda world: world.agencies["us-dod"].update(short_name="D" * 101, id="us-dod"),
        (At("agencies/us-dod.yml", "format", '"short_name"'), At("companies/bigco.yml", "agency-known", '"us-dod"')),
    ),
    Bad(
        "toptier code of three letters",
        lambda world: world.agencies.update(
            {"us-x": {"id": "us-x", "name": "X", "short_name": "X", "country": "US", "codes": {"toptier": "07O"}}}
        ),
        (At("agencies/us-x.yml", "format", '"toptier"'),),
    ),
    Bad(
        "a platform's own name of no company",
        lambda world: world.hosted["platforms"].append({"name": "n.com", "platform": "N", "apex": "company"}),
        # hosted.yml is one record: with one wrong entry none of it is read, and nothing else is said of it.
        (At("hosted.yml", "format", '"name": "n.com"', -1),),
    ),
]


@pytest.mark.parametrize("bad", RECORDS, ids=str)
def test_a_bad_record_is_refused_with_line_and_rule(bad: Bad, world: World, refused: Refused) -> None:
    bad.change(world)
    found = problems(world)
    assert places(found) == sorted(at.place(world) for at in bad.expected), "\n".join(map(str, found))
    assert refused(world) == places(found)


def test_forty_words_and_cents_are_fine(world: World) -> None:
    amounts = [AMOUNT | {"value": value} for value in ("19400000", "2053653.84", "0.01", "9" * 13 + ".99")]
    both(put("old", "sources", "award", quote=words(40)), old_tie(amounts=amounts))(world)
    assert problems(world) == []


AS_WRITTEN = """\
id: raw
name: NO
legal_name: 1e3
sources:
  page:
    url: https://raw.example/page
    publisher: on
    type: press
    title: 0x1F
    published_at: 2018-10
    retrieved_at: 2018
    locator: 0001133421
    quote: ~ not null
  award:
    url: https://www.usaspending.gov/award/CONT_AWD_0001133421_7012_-NONE-_-NONE-/
    publisher: "null"
    type: government_record
    title: null
ties:
  - id: raw-ice
    agency: us-ice
    kind: other
    status: unknown
    status_as_of: 2018-10-05
    evidence: record
    title: 12:30:45
    summary: yes
    cage: 01234
    amounts:
      - {kind: reported, value: 0001133421, as_of: 2018-10, source: award}
      - {kind: reported, value: 10.50, as_of: 2018-10, source: award}
    sources: [page, award]
    verified_at: 2020-01-01
    verified_by: 007
"""


def test_everything_keeps_the_form_in_which_it_was_written(world: World) -> None:
    assert raw(world, AS_WRITTEN.encode()) == []
    company, file = read_tree(world.folder).companies["raw"]
    page, award, held = company.sources["page"], company.sources["award"], company.ties[0]
    assert (company.name, company.legal_name, page.publisher, page.title) == ("NO", "1e3", "on", "0x1F")
    assert (page.published_at, page.retrieved_at, page.locator) == ("2018-10", "2018", "0001133421")
    assert (page.quote, award.publisher, award.title) == ("~ not null", "null", None)
    assert (held.status_as_of, held.title, held.summary) == ("2018-10-05", "12:30:45", "yes")
    assert (held.cage, held.verified_by) == ("01234", "007")
    assert [amount.value for amount in held.amounts] == ["0001133421", "10.50"]
    assert (file.line(("ties", 0, "amounts", 1, "value")), file.line(("ties", 0, "via"))) == (31, 20)


# Text that is nearly YAML: what a hurried hand leaves behind.
PIECES = st.one_of(
    st.sampled_from("[]{}:#|>\"'-?~,\n\t\0\x85\u2028\ufeff\ufffeé😀"),
    st.sampled_from([": ", "  ", "- ", "&a ", "*a", "!t ", "!<%ff> ", "|\n", ">-\n", "---\n", "...\n", "? ", "<<: "]),
    st.sampled_from(["id", "name", "raw", "2018", "%YAML 1.2\n", "\\x", "\\UFFFFFFFF", "\\ud800"]),
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join).map(str.encode), st.binary(max_size=200)))
def test_no_text_makes_the_reader_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.yml"
    path.write_bytes(data)
    found: list[reader.Problem] = []
    record = reader._read_file(path, SourceFile("fuzzed.yml"), Company, found)
    assert (record is None) == bool(found)
    assert all(1 <= problem.line <= len(re.split(b"[\n\r\x85]|\xe2\x80[\xa8\xa9]", data)) + 1 for problem in found)


REAL = ROOT / "seed"
REQUIRED = re.compile(r"\s+(publisher|type|kind|status|status_as_of|evidence|verified_at|verified_by|as_of): \S")
JUNK = [
    "",
    "???",
    "[",
    "]",
    "{",
    "'",
    '"',
    "\t",
    "&a",
    "*a",
    "- -",
    "NO",
    "9" * 5000,
    "no-such-thing",
    "2999-01-01",
    "|",
]


def _drop(lines: list[str], chance: random.Random) -> None:
    del lines[chance.choice([at for at, line in enumerate(lines) if REQUIRED.match(line)])]


def _double(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines.insert(at, lines[at])


def _corrupt(lines: list[str], chance: random.Random) -> None:
    at = chance.choice([at for at, line in enumerate(lines) if ": " in line])
    lines[at] = lines[at].partition(": ")[0] + ": " + chance.choice(JUNK)


def _cut(lines: list[str], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines)) :]


class Mutants:
    """A copy of the real seed in which one file at a time is spoilt. Files read before are not read again."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seed = Path(shutil.copytree(REAL, folder / "seed"))
        self._known: dict[Path, tuple[Any, dict[Any, int]]] = {}
        self._spoilt: Path | None = None
        self._read = reader._read_file
        monkeypatch.setattr(reader, "_read_file", self._remember)
        self.before = check(read_tree(self.seed))

    def _remember(self, path: Path, file: SourceFile, model: Any, found: list[reader.Problem]) -> Any:
        if path == self._spoilt:
            return self._read(path, file, model, found)
        if path not in self._known:
            self._known[path] = (self._read(path, file, model, found), file.lines)
        record, file.lines = self._known[path]
        return record

    def check(self, path: Path, text: str) -> list[reader.Problem]:
        """The problems that this text in this file adds."""
        whole = path.read_text("utf-8")
        self._spoilt = path
        try:
            path.write_text(text, "utf-8")
            return sorted(set(check(read_tree(self.seed))) - set(self.before))
        finally:
            path.write_text(whole, "utf-8")


def test_a_spoilt_file_of_the_real_seed_is_found_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants = Mutants(tmp_path, monkeypatch)
    files = [p for p in sorted(mutants.seed.glob("companies/*.yml")) if REQUIRED.search(p.read_text("utf-8"))]
    for number in range(120):
        chance = random.Random(number)
        path, spoil = chance.choice(files), chance.choice([_drop, _drop, _double, _corrupt, _corrupt, _cut])
        lines = path.read_text("utf-8").split("\n")
        spoil(lines, chance)
        found = mutants.check(path, "\n".join(lines))
        context = f"mutant {number}: {spoil.__name__} in {path.name}: {found[:3]}"
        here = [problem for problem in found if problem.file == f"seed/companies/{path.name}"]
        assert here or spoil is not _drop, context
        assert all(problem.line <= len(lines) + 1 for problem in here), context
        # Elsewhere only what refers to the spoilt record is told.
        assert all(path.stem in problem.message for problem in found if problem not in here), context


@pytest.mark.parametrize("name", sorted(SEED))
def test_the_schemas_in_the_tree_are_those_of_the_models(name: str) -> None:
    written = (REAL / "schema" / f"{name}.json").read_text("utf-8")
    assert written == json.dumps(seed_schema(name), indent=2) + "\n", "run `govties seed schema`"


def test_no_other_schema_stands_in_the_tree() -> None:
    assert {path.stem for path in (REAL / "schema").iterdir()} == SEED.keys()


def test_the_real_seed_has_no_problem_and_keeps_its_size() -> None:
    tree = read_tree(REAL)
    assert [str(problem) for problem in check(tree)] == []
    companies = [company for company, _ in tree.companies.values()]
    assert len(companies) >= 25
    assert sum(len(company.domains) for company in companies) >= 120
    assert sum(len(company.ties) for company in companies) >= 40


def test_the_models_and_their_schemas_refuse_the_same_field() -> None:
    """The schema is generated, so a required field of the model is one of the schema."""
    required = seed_schema("company")["required"]
    with pytest.raises(ValidationError) as caught:
        Company.model_validate({})
    assert sorted(str(error["loc"][0]) for error in caught.value.errors()) == sorted(required) == ["id", "name"]


def test_the_made_up_world_is_sound(world: World) -> None:
    add("quiet", "domains", domain("more.com"))(world)
    both(put("quiet", sources={"page": source(), "paper": source()}), add("quiet", "ties", _report()))(world)
    assert problems(world) == []


def _report() -> dict[str, Any]:
    return tie("quiet-report", evidence="single_report", sources=["paper"], **CHECKED)
