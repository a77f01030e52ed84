"""All names of a release in one block of bytes, so that every worker of a host maps the same file and none holds a
million objects of its own.

A hash table with open addressing: 32-bit places into a text of lines `name TAB value`. A hash only says where to look;
the name itself is compared, so no collision can speak for a site that is not in the data. The value is the company's id
where the name is a company's own, else the entry as JSON.
"""

import json
import mmap
import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from app.domains.match import Entry, company_site

MAGIC = b"govties1"
# Entries that were asked for lately are kept as objects, so many at most.
KEPT = 10_000
HEADER = struct.Struct("=8s80s32sII")  # magic, release, SHA-256 of all the rest, slots of the table, names
Data = bytes | mmap.mmap


class Damaged(Exception):  # noqa: N818
    """The bytes are no index of this release."""


class NameIndex(Mapping[str, Entry]):
    """The names of one release, read from their bytes."""

    def __init__(self, data: Data, release: str) -> None:
        """Raises Damaged when the bytes are not those that were written for this release."""
        view = memoryview(data)
        if len(view) < HEADER.size:
            raise Damaged
        head = HEADER.unpack_from(view)
        if head != (MAGIC, _padded(release), _digest(view), *head[3:]):
            raise Damaged
        self._mask, self._count = head[3] - 1, head[4]
        self._text_at = HEADER.size + 4 * head[3]
        self._table = view[HEADER.size : self._text_at].cast("I")
        self._data = data
        self._kept: dict[int, Entry] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The entry of a name, or the default."""
        key = name.encode("utf-8", "replace") + b"\t"
        slot = crc32(key) & self._mask
        while place := self._table[slot]:
            start = self._text_at + place - 1
            end = start + len(key)
            if self._data[start:end] == key:
                return self._kept.get(place) or self._entry(name, place, end)
            slot = (slot + 1) & self._mask
        return default

    def __getitem__(self, name: str) -> Entry:
        entry: Entry | None = self.get(name)
        if entry is None:
            raise KeyError(name)
        return entry

    def __iter__(self) -> Iterator[str]:
        for place in self._table:
            if place:
                start = self._text_at + place - 1
                yield self._data[start : self._data.find(b"\t", start)].decode()

    def __len__(self) -> int:
        return self._count

    def _entry(self, name: str, place: int, start: int) -> Entry:
        value = self._data[start : self._data.find(b"\n", start)].decode()
        entry = Entry(name=name, **json.loads(value)) if value.startswith("{") else company_site(name, value)
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[place] = entry
        return entry


def index_bytes(entries: Iterable[Entry], release: str) -> bytes:
    """The index of a release. Of two entries with one name the first stands."""
    text, places = bytearray(), array("I")
    for entry in entries:
        places.append(len(text) + 1)
        text += f"{entry.name}\t{_value(entry)}\n".encode()
    slots = 1 << max(2 * len(places), 1).bit_length()
    table, count = _table(text, places, slots)
    data = bytearray(HEADER.pack(MAGIC, _padded(release), bytes(32), slots, count)) + table.tobytes() + text
    HEADER.pack_into(data, 0, MAGIC, _padded(release), _digest(memoryview(data)), slots, count)
    return bytes(data)


def _table(text: bytearray, places: "array[int]", slots: int) -> "tuple[array[int], int]":
    table, count, mask = array("I", bytes(4 * slots)), 0, slots - 1
    for place in places:
        key = bytes(text[place - 1 : text.index(b"\t", place - 1) + 1])
        slot = crc32(key) & mask
        while (taken := table[slot]) and text[taken - 1 : taken - 1 + len(key)] != key:
            slot = (slot + 1) & mask
        if not taken:
            table[slot] = place
            count += 1
    return table, count


def _value(entry: Entry) -> str:
    if entry.company and entry == company_site(entry.name, entry.company):
        return entry.company
    return json.dumps({name: value for name, value in asdict(entry).items() if name != "name"})


def _padded(release: str) -> bytes:
    return release.encode().ljust(80, b"\0")


def _digest(view: memoryview) -> bytes:
    found = sha256(view[:88])
    found.update(view[120:])
    return found.digest()


def map_index(path: Path, release: str) -> NameIndex:
    """The index in a file, mapped: its pages are shared by all processes that do so. Raises Damaged, or OSError."""
    with path.open("rb") as file:
        try:
            return NameIndex(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), release)
        except ValueError:  # an empty file cannot be mapped
            raise Damaged from None
