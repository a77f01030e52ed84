"""The index of names as one block of bytes: what a dict would say, and nothing when the bytes have changed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domains.index import HEADER, Damaged, NameIndex, index_bytes, map_index
from app.domains.match import Entry, company_site, match
from tests.domains.test_match import INDEX, entries, names

RELEASE = "12:" + "a" * 64


def made(found: dict[str, Entry]) -> NameIndex:
    return NameIndex(index_bytes(found.values(), RELEASE), RELEASE)


@given(names, st.lists(entries, max_size=30).map(lambda found: {entry.name: entry for entry in found}))
def test_it_says_what_a_dict_says(name: str, found: dict[str, Entry]) -> None:
    index = made(found)
    assert dict(index.items()) == found
    assert len(index) == len(found)
    assert match(name, index) == match(name, found)


@pytest.mark.parametrize("name", ["", "\t", "a\tb", "\ud800", "é", "nobody.example", "bigco.com\tbigco", "\0"])
def test_what_is_not_in_it_is_none(name: str) -> None:
    index = made({"bigco.com": company_site("bigco.com", "bigco"), **INDEX})
    assert index.get(name) is None
    assert name not in index


def test_names_with_one_hash_do_not_speak_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.domains.index.crc32", lambda _: 7)
    found = {f"{at}.com": company_site(f"{at}.com", f"c{at}") for at in range(50)}
    index = made(found)
    assert dict(index.items()) == found
    assert index.get("50.com") is None


def test_of_two_entries_with_one_name_the_first_stands() -> None:
    stop = Entry("a.com", None, "stop", "stop", "hosted", "A", "a-com")
    index = NameIndex(index_bytes([stop, company_site("a.com", "a")], RELEASE), RELEASE)
    assert (index.get("a.com"), len(index)) == (stop, 1)


def test_probes_stay_short() -> None:
    found = [company_site(f"site-{at}.example.com", "c") for at in range(20_000)]
    data = index_bytes(found, RELEASE)
    table = memoryview(data)[HEADER.size : HEADER.size + 4 * HEADER.unpack_from(data)[3]].cast("I")
    filled = "".join("x" if place else " " for place in table)
    assert max(map(len, filled.split())) < 200


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_bytes(index_bytes(INDEX.values(), RELEASE))
    assert dict(map_index(path, RELEASE).items()) == INDEX


@pytest.mark.parametrize("at", [0, 9, 90, 121, 126, 130, -1])
def test_a_changed_byte_is_damage(tmp_path: Path, at: int) -> None:
    data = bytearray(index_bytes(INDEX.values(), RELEASE))
    data[at] ^= 1
    path = tmp_path / "names"
    path.write_bytes(data)
    with pytest.raises(Damaged):
        map_index(path, RELEASE)


@pytest.mark.parametrize("size", [0, 5, 127, 128, 200])
def test_a_file_cut_short_is_damage(tmp_path: Path, size: int) -> None:
    path = tmp_path / "names"
    path.write_bytes(index_bytes(INDEX.values(), RELEASE)[:size])
    with pytest.raises(Damaged):
        map_index(path, RELEASE)


def test_the_index_of_another_release_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_bytes(index_bytes(INDEX.values(), RELEASE))
    with pytest.raises(Damaged):
        map_index(path, RELEASE.replace("12:", "13:"))
