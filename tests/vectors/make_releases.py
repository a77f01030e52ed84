"""Makes releases.json and deltas.json, the cases that every reader of releases runs (docs/releases.md, snapshot.md):
`python -m tests.vectors.make_releases`. It always makes the same bytes.

releases.json is a list of cases:

- `why`: what the case is about
- `keys`: the pinned public keys, raw, in base64
- `now`: the reader's clock
- `stored`: null, or what the reader knows of its copy: `key` (the public key that it was believed by), `version`,
  `sha256`, `issued_at`, `newest_issued_at` (the latest `issued_at` that it ever believed) and `domains`
- `manifest`: its bytes in base64; `signature`: its text
- `file`: null, or the bytes that came when the snapshot was asked for, in base64
- `delta`: null, or {`base`: the stored snapshot, `file`: the bytes that came when the delta was asked for}, in base64
- `expect`: "ok", or the code of the first check that fails

With a file, the snapshot is checked too; with a delta, what it makes of the base, without taking the whole instead.
With neither, the manifest is all that is checked. No case has both.

deltas.json is a list of cases: `old`, `delta` and `new` are texts. `new` is null where the delta does not fit and is
refused (`format`) before any hash is looked at.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.vectors.keys import b64, key_row, private_key, public_key, sha256
from tests.vectors.manifests import (
    FROM_11,
    MANIFEST,
    MANIFEST_BYTES,
    NEW,
    NOW,
    OLD,
    SAME,
    SNAPSHOT,
    SNAPSHOT_BYTES,
    STEP,
    STORED,
    case,
    file_row,
    flipped,
    named,
    with_delta,
    with_file,
)
from tests.vectors.snapshots import AFTER, BEFORE, DELTA, Json, delta_cases, domains, edited, text

FOLDER = Path(__file__).parent


def right_cases() -> Iterator[Json]:
    yield with_file("the first copy", "ok", NEW)
    yield with_file("a newer release", "ok", NEW, stored=STORED)
    yield with_delta("a newer release by its delta", "ok")
    yield case("the same release, issued later", "ok", stored=SAME)
    again = SAME | {"issued_at": MANIFEST["issued_at"], "newest_issued_at": MANIFEST["issued_at"]}
    yield case("the same manifest again", "ok", stored=again)
    more = MANIFEST | {"colour": "blue", "files": [*MANIFEST["files"], {"role": "sqlite", "path": "x"}]}
    yield with_file("members and roles of a later day", "ok", NEW, more)
    data, manifest = named(edited(AFTER, "agencies.country", ["us"]))
    yield with_file("columns of a later day", "ok", data, manifest)


def signature_cases() -> Iterator[Json]:
    raw = text(MANIFEST).encode()
    good = private_key("current").sign(raw)
    by_next = b64(private_key("next").sign(raw))
    yield case("signed by the next key", "ok", signature=by_next)
    yield case("the signature ends its line", "ok", signature=b64(good) + "\n")
    yield case("signed by a stranger", "signature", signature=b64(private_key("stranger").sign(raw)))
    by_stranger = MANIFEST | {"keys": [key_row("stranger")], "key_id": key_row("stranger")["key_id"]}
    signed = b64(private_key("stranger").sign(text(by_stranger).encode()))
    yield case("a stranger who names his own key", "signature", by_stranger, signature=signed)
    yield case("a key that is no longer pinned", "signature", keys=[public_key("next")])
    yield case("no key pinned", "signature", keys=[])
    yield case("white space added", "signature", raw + b" ", signature=b64(good))
    for bit in (0, 8 * 11 + 2, len(raw) * 8 - 1):
        yield case(f"bit {bit} of the manifest flipped", "signature", flipped(raw, bit), signature=b64(good))
    for bit in (0, 256, 511):
        yield case(f"bit {bit} of the signature flipped", "signature", signature=b64(flipped(good, bit)))
    yield case("a signature cut short", "signature", signature=b64(good[:63]))
    yield case("a signature too long", "signature", signature=b64(good + b"\0"))
    assert {"+", "/"} & set(b64(good))
    yield case("a signature for addresses", "signature", signature=b64(good).replace("+", "-").replace("/", "_"))
    yield case("a signature without its padding", "signature", signature=b64(good).rstrip("="))
    yield case("a signature over two lines", "signature", signature=b64(good)[:44] + "\n" + b64(good)[44:])
    yield case("a signature in hexadecimal", "signature", signature=good.hex())
    yield case("no signature", "signature", signature="")
    yield case("the signature of another release", "signature", MANIFEST | {"version": 13}, signature=b64(good))
    yield case("an error page, not signed", "signature", b"<!doctype html>", signature=b64(good))


def manifest_cases() -> Iterator[Json]:
    exact = text(MANIFEST | {"pad": "x" * (MANIFEST_BYTES - len(text(MANIFEST)) - len(',"pad":""'))}).encode()
    assert len(exact) == MANIFEST_BYTES
    yield case("a manifest as long as may be", "ok", exact)
    yield case("a manifest of a byte more", "size", exact + b"\n")
    for size, expect in ((SNAPSHOT_BYTES, "ok"), (SNAPSHOT_BYTES + 1, "size"), (10**9, "size")):
        yield case(f"a snapshot of {size} bytes", expect, MANIFEST | {"files": [SNAPSHOT | {"size": size}]})
    for why, raw in (("no JSON", b"{"), ("no UTF-8", b'{"version":"\xff"}'), ("null", b"null"), ("a list", b"[]")):
        yield case(f"signed, but {why}", "format", raw)
    yield case(
        "signed, but no UTF-8 in a place of no weight",
        "format",
        text(MANIFEST | {"pad": "x"}).encode().replace(b'"x"', b'"\xff"'),
    )
    yield case("signed, but a byte order mark", "format", b"\xef\xbb\xbf" + text(MANIFEST).encode())
    for why, path, new in WRONG:
        yield case(f"signed, but {why}", "format", edited(MANIFEST, path, new))
    yield case(
        "too long a snapshot in an older manifest",
        "size",
        MANIFEST | {"files": [SNAPSHOT | {"size": 10**9}]},
        stored=SAME | {"version": 13},
    )


WRONG: list[tuple[str, str, Any]] = [
    ("no version", "version", ...),
    ("the version a text", "version", "12"),
    ("the version nothing", "version", 0),
    ("no issue time", "issued_at", ...),
    ("a time without its zone", "issued_at", "2026-11-25T12:00:00"),
    ("a day that does not exist", "expires_at", "2026-02-30T12:00:00Z"),
    ("no expiry", "expires_at", None),
    ("no counts", "counts", ...),
    ("half a domain", "counts.domains", 2.5),
    ("fewer than no domains", "counts.domains", -1),
    ("no word on shrinking", "shrunk", ...),
    ("shrunk a text", "shrunk", "no"),
    ("no files", "files", ...),
    ("files of the wrong kind", "files", {"role": "snapshot"}),
    ("no snapshot", "files", [FROM_11]),
    ("two snapshots", "files", [SNAPSHOT, SNAPSHOT]),
    ("a size that is a text", "files", [SNAPSHOT | {"size": "12"}]),
    ("a size below nothing", "files", [SNAPSHOT | {"size": -1}]),
    ("a hash that is none", "files", [SNAPSHOT | {"sha256": "abc"}]),
    ("a hash in capitals", "files", [SNAPSHOT | {"sha256": SNAPSHOT["sha256"].upper()}]),
    ("a file on another host", "files", [SNAPSHOT | {"url": "https://elsewhere.example/x"}]),
    ("a file on another host, without scheme", "files", [SNAPSHOT | {"url": "//elsewhere.example/x"}]),
    ("a file on another host, backwards", "files", [SNAPSHOT | {"url": "/\\elsewhere.example/x"}]),
    ("a file on another host, by a tab", "files", [SNAPSHOT | {"url": "/\t/elsewhere.example/x"}]),
    ("a file beside the manifest", "files", [SNAPSHOT | {"url": "x.json"}]),
    ("a delta from nowhere", "files", [SNAPSHOT, {name: FROM_11[name] for name in FROM_11 if name != "from"}]),
    ("a delta from a later release", "files", [SNAPSHOT, FROM_11 | {"from": 12}]),
    ("a delta without a hash", "files", [SNAPSHOT, FROM_11 | {"sha256": None}]),
]


def order_cases() -> Iterator[Json]:
    at_noon = {"issued_at": "2026-11-25T12:00:00Z", "newest_issued_at": "2026-11-25T12:00:00Z"}
    yield case("an older release", "older", stored=SAME | {"version": 13})
    yield case("an older release that is in time", "older", stored=SAME | {"version": 13}, now="2026-11-25T12:00:01Z")
    replayed = SAME | {"issued_at": "2026-11-25T12:00:01Z", "newest_issued_at": "2026-11-25T12:00:01Z"}
    yield case("an older manifest of the same release", "older", stored=replayed)
    other = SAME | at_noon | {"sha256": sha256(b"other")}
    yield case("another file for the same release", "format", stored=other)
    yield case("both", "older", stored=replayed | {"sha256": sha256(b"other")})
    late = STORED | {"issued_at": "2026-11-25T17:00:00Z", "newest_issued_at": "2026-11-25T17:00:00Z"}
    yield case("a newer release, issued before the last was renewed", "ok", stored=late)
    by_next = {"key": public_key("next"), "version": 13}
    yield case("an older release than the one that the next key signed", "older", stored=SAME | by_next)
    gone = MANIFEST | {"expires_at": "2026-11-25T12:00:01Z"}
    yield case("older and expired", "older", gone, stored=SAME | {"version": 13})


def clock_cases() -> Iterator[Json]:
    for now, expect in (
        ("2026-12-02T11:59:59Z", "ok"),
        ("2026-12-02T12:00:00Z", "expired"),
        ("2126-01-01T00:00:00Z", "expired"),
        ("2026-11-24T12:00:00Z", "ok"),
        ("2026-11-24T11:59:59Z", "clock"),
        ("1970-01-01T00:00:00Z", "clock"),
    ):
        yield case(f"at {now}", expect, now=now)
        yield case(f"at {now}, with a newer release", expect, now=now, stored=STORED | {"newest_issued_at": now})
    seen = {"newest_issued_at": "2026-12-02T12:00:00Z"}
    yield case("the clock is set back to revive it", "expired", stored=STORED | seen)
    yield case("the clock is set back to the beginning", "expired", stored=STORED | seen, now="1970-01-01T00:00:00Z")
    yield case("the clock is set back, but the release is in time", "ok", stored=STORED, now="1970-01-01T00:00:00Z")
    never = MANIFEST | {"issued_at": "2026-12-24T12:00:00Z"}
    yield case("expired before it was issued", "clock", never, now="2026-11-25T18:00:00Z")


def wrong_clock_cases() -> Iterator[Json]:
    ahead = MANIFEST | {"issued_at": "2026-12-25T18:00:00Z", "expires_at": "2027-01-01T18:00:00Z"}
    yield case("issued by a clock that is 30 days ahead", "clock", ahead)
    yield case("issued by a clock that is 30 days ahead, after the same release", "clock", ahead, stored=SAME)
    mended = MANIFEST | {"issued_at": NOW, "expires_at": "2026-12-02T18:00:00Z"}
    yield case("the same, signed afresh by a right clock", "ok", mended)
    yield case("the same, signed afresh by a right clock, after the same release", "ok", mended, stored=SAME)
    behind = MANIFEST | {"issued_at": "2026-10-26T18:00:00Z", "expires_at": "2026-11-02T18:00:00Z"}
    yield case("issued by a clock that is 30 days behind", "expired", behind)
    yield case("issued by a clock that is 30 days behind, after the same release", "older", behind, stored=SAME)


def stolen_key_cases() -> Iterator[Json]:
    for expires, expect in (
        ("2026-12-25T12:00:00Z", "ok"),
        ("2026-12-25T12:00:01Z", "lifetime"),
        ("2036-11-25T12:00:00Z", "lifetime"),
    ):
        yield case(f"issued 2026-11-25 at noon, expires {expires}", expect, MANIFEST | {"expires_at": expires})
    turned = MANIFEST | {"issued_at": "2026-11-25T19:00:00Z", "expires_at": "2026-11-25T18:30:00Z"}
    yield case("expires before it is issued", "lifetime", turned)
    forward = {"version": 2**53 - 1, "sha256": sha256(b"forged"), "domains": 10**6}
    forward |= {"issued_at": "2026-12-05T12:00:00Z", "newest_issued_at": "2026-12-05T12:00:00Z"}
    for use, expect in (("current", "older"), ("next", "older"), ("stranger", "ok")):
        stored = {"key": public_key(use), **forward}
        why = f"version 2^53 - 1 in store, of the key {use}"
        yield with_file(why, expect, NEW, stored=stored)
    same = SAME | forward | {"version": 12, "key": public_key("stranger")}
    yield with_file("the same version in store, with another file, of a key no longer trusted", "ok", NEW, stored=same)
    yield with_file("a version above 2^53 - 1", "format", NEW, MANIFEST | {"version": 2**53})


def file_cases() -> Iterator[Json]:
    for bit in (0, len(NEW) * 4, len(NEW) * 8 - 1):
        yield with_file(f"bit {bit} of the snapshot flipped", "hash", flipped(NEW, bit))
    yield with_file("a snapshot cut short", "size", NEW[:-1])
    yield with_file("a snapshot with a byte more", "size", NEW + b"\n")
    yield with_file("no snapshot at all", "size", b"")
    yield with_file("the snapshot of the release before", "size", OLD)
    same_size = text(BEFORE).encode().ljust(len(NEW))[: len(NEW)]
    yield with_file("the snapshot of the release before, of the same size", "hash", same_size)
    files = [file_row("snapshot", "snapshot.json", OLD)]
    yield with_file(
        "the release before under a new number",
        "format",
        OLD,
        MANIFEST | {"files": files, "counts": {"domains": domains(BEFORE)}},
    )
    for why, path, new in BROKEN:
        data, manifest = named(edited(AFTER, path, new))
        yield with_file(f"a snapshot with {why}", "format", data, manifest)
    for why, data in (("no JSON", b"{"), ("no UTF-8", b'"\xff"'), ("null", b"null")):
        yield with_file(
            f"a snapshot that is {why}",
            "format",
            data,
            MANIFEST | {"files": [file_row("snapshot", "snapshot.json", data)]},
        )
    yield with_file(
        "another count of domains than the manifest's", "format", NEW, edited(MANIFEST, "counts.domains", 5)
    )


BROKEN: list[tuple[str, str, Any]] = [
    ("another format", "format", 1),
    ("another version", "version", 13),
    ("no time of publication", "published_at", ...),
    ("a table missing", "ties", ...),
    ("a table of the wrong kind", "ties", []),
    ("a column missing", "ties.title", ...),
    ("columns of different lengths", "ties.title", ["one"]),
    ("an extra column of another length", "agencies.country", []),
    ("ids out of order", "stops.id", ["blogs.com", "army.mil", "co.uk"]),
    ("an id twice", "stops.id", ["army.mil", "army.mil", "co.uk"]),
    ("an id that is no text", "agencies.id", [1]),
    ("names out of order", "names", ["army.mil", "ant.com", *AFTER["names"][2:]]),
    ("names without targets", "targets", [0, -1]),
    ("a target beyond the companies", "targets", [3, -1, 1, -2, -3, 2, 0]),
    ("a target beyond the stops", "targets", [0, -4, 1, -2, -3, 2, 0]),
    ("a target between two", "targets", [0.5, -1, 1, -2, -3, 2, 0]),
    ("a tie that is not there", "companies.ties", [["never"], ["cloud"], None]),
    ("a note that is not there", "companies.notes", [["never"], None, None]),
    ("an owner chain into nothing", "companies.owner", ["never", None, None]),
    ("an agency that is not there", "ties.agency", ["us-ice", "us-ice", "never"]),
]


def shrink_cases() -> Iterator[Json]:
    for before, shrunk, expect in (
        (5, None, "ok"),
        (6, None, "shrunk"),
        (1000, None, "shrunk"),
        (1000, 11, "shrunk"),
        (1000, 12, "ok"),
    ):
        manifest = MANIFEST | {"shrunk": shrunk}
        why = f"{domains(AFTER)} domains after {before}, shrunk is {shrunk}"
        yield with_file(why, expect, NEW, manifest, stored=STORED | {"domains": before})


def broken_delta_cases() -> Iterator[Json]:
    for bit in (0, len(STEP) * 8 - 1):
        yield with_delta(f"bit {bit} of the delta flipped", "hash", flipped(STEP, bit))
    yield with_delta("a delta cut short", "size", STEP[:-1])
    yield with_delta("a delta with a byte more", "size", STEP + b"\n")
    for why, delta, expect in (
        ("whose result differs", edited(DELTA, "ties.put.title", ["The ship", "The Cloud"]), "hash"),
        ("whose result is longer", edited(DELTA, "published_at", "2026-11-25T12:00:00.0Z"), "size"),
        ("with an unknown column", edited(DELTA, "ties.put.colour", ["red", "blue"]), "format"),
        ("that leads elsewhere", edited(DELTA, "to", 13), "hash"),
        ("from elsewhere", edited(DELTA, "from", 10), "format"),
    ):
        data = text(delta).encode()
        files = [SNAPSHOT, file_row("delta", "from-11.json", data, **{"from": 11})]
        yield with_delta(f"a delta {why}", expect, data, MANIFEST | {"files": files})
    strange = text(edited(BEFORE, "notes.text", ["Another text."])).encode()
    yield with_delta("a base that is not the release it claims to be", "size", base=strange)


def release_cases() -> list[Json]:
    """The cases of releases.json."""
    parts = (
        right_cases,
        signature_cases,
        manifest_cases,
        order_cases,
        clock_cases,
        wrong_clock_cases,
        stolen_key_cases,
        file_cases,
        shrink_cases,
        broken_delta_cases,
    )
    return [each for part in parts for each in part()]


def render() -> dict[str, str]:
    """The text of each file by its name."""
    cases = {"releases.json": release_cases(), "deltas.json": list(delta_cases())}
    return {name: _lines(listed) for name, listed in cases.items()}


def _lines(cases: list[Json]) -> str:
    return "[\n" + ",\n".join(json.dumps(each) for each in cases) + "\n]\n"


if __name__ == "__main__":
    for name, content in render().items():
        (FOLDER / name).write_text(content, "utf-8")
