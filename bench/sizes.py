"""How many bytes a release's files have on the wire, and which part of the snapshot they are."""

import json
from dataclasses import dataclass
from typing import Any

import brotli

from app.db import Database
from app.queries import releases as query
from app.releases.build import SNAPSHOT, unpack
from app.releases.snapshot import COLUMNS, dump


def packed(body: bytes) -> int:
    """Bytes under brotli's best (a minute for 48 MB, 15 s for the 5 MB of 100,000 domains)."""
    return len(brotli.compress(body, quality=11, lgwin=24))


@dataclass(frozen=True)
class Sizes:
    """Bytes of a snapshot; `parts` are its tables, each packed alone."""

    domains: int
    ties: int
    hops: int
    raw: int
    served: int
    best: int
    names: int
    parts: dict[str, int]
    without_hops: int

    @property
    def goal(self) -> float:
        """1.5 × the packed list of names + 150 bytes a tie (performance.md)."""
        return 1.5 * self.names + 150 * self.ties

    @property
    def stretch(self) -> float:
        """What is hoped for besides."""
        return 1.2 * self.names + 100 * self.ties


def sizes(body: bytes, served: int) -> Sizes:
    read: dict[str, Any] = json.loads(body)
    bare = read | {"ownership": {column: [] for column in COLUMNS["ownership"]}}
    return Sizes(
        domains=len(read["names"]),
        ties=len(read["ties"]["id"]),
        hops=len(read["ownership"]["id"]),
        raw=len(body),
        served=served,
        best=packed(body),
        names=packed("\n".join(read["names"]).encode()),
        parts={
            "names, targets": packed(dump([read["names"], read["targets"]])),
            **{table: packed(dump(read[table])) for table in ("companies", "ownership", "ties")},
        },
        without_hops=packed(dump(bare)),
    )


def file(database: Database, release: int, name: str = SNAPSHOT) -> tuple[bytes, int]:
    """A file of a release, and its bytes as served to who takes brotli."""
    with database.read() as session:
        found = query.release_file(session, release, name)
        assert found is not None
        assert found.br is not None
        return unpack(found), len(found.br)
