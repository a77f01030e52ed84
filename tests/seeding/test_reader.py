"""Reading seed files: whatever stands there, problems with file, line and rule come back, and nothing is raised."""

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.seeding import reader
from app.seeding.checks import check
from app.seeding.reader import MAX_BYTES, SourceFile, read_tree
from app.seeding.record import Company
from tests.seeding.conftest import Refused
from tests.seeding.seeds import places, put
from tests.worlds import World

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
    ("anchor and alias", b"id: raw\nname: &x Raw\nlegal_name: *x\n", 2, "yaml"),
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
    ("nothing after the colon", b"id: raw\nname:\n", 2, "missing-field"),
    ("a list for a text", b"id: raw\nname: [Raw]\n", 2, "format"),
    ("windows lines", b"id: raw\r\nname: Raw\r\ncolour: red\r\n", 3, "unknown-field"),
]


@pytest.mark.parametrize(("data", "line", "rule"), [f[1:] for f in FILES], ids=[f[0].replace(" ", "-") for f in FILES])
def test_a_bad_file_is_refused_with_line_and_rule(
    data: bytes, line: int, rule: str, world: World, refused: Refused
) -> None:
    started = time.process_time()
    found = raw(world, data)
    assert time.process_time() - started < 5  # some parsers need half a minute for the brackets
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


@pytest.mark.parametrize("make", [Path.mkdir, dangling, itself, os.mkfifo, device])
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


@given(st.one_of(st.lists(PIECES, max_size=40).map("".join).map(str.encode), st.binary(max_size=200)))
def test_no_text_makes_the_reader_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.yml"
    path.write_bytes(data)
    found: list[reader.Problem] = []
    record = reader._read_file(path, SourceFile("fuzzed.yml"), Company, found)
    assert (record is None) == bool(found)
    assert all(1 <= problem.line <= len(re.split(b"[\n\r\x85]|\xe2\x80[\xa8\xa9]", data)) + 1 for problem in found)
