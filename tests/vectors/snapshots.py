"""Two small releases of a made-up world in the form of docs/snapshot.md, written by hand, and deltas between such."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Json = dict[str, Any]
Columns = tuple[str, ...]

AGENCIES: Columns = ("id", "name", "short_name", "parent")
COMPANIES: Columns = ("id", "name", "state", "owner", "ties", "holders", "without", "notes", "research")
NOTES: Columns = ("id", "company", "kind", "date", "text", "claim_status", "verified_at", "sources")
OWNERSHIP: Columns = (
    *("id", "company", "owner", "kind", "valid_from", "valid_to"),
    *("claim_status", "verified_at", "sources"),
)
STOPS: Columns = ("id", "kind", "apex", "children", "platform", "platform_id", "company")
TIES: Columns = (
    *("id", "held_by", "agency", "kind", "via", "via_name", "status", "status_as_of", "evidence", "claim_status"),
    *("title", "summary", "valid_from", "valid_to", "recipient", "uei", "cage", "amounts", "awards", "statements"),
    *("history", "verified_at", "verified_by", "reviewed_by", "sources"),
)
COLUMNS = {
    "agencies": AGENCIES,
    "companies": COMPANIES,
    "notes": NOTES,
    "ownership": OWNERSHIP,
    "stops": STOPS,
    "ties": TIES,
}

PAPER = {"url": "https://paper.example/story", "publisher": "The Paper", "type": "press"}
CHECKED = {"claim_status": "published", "verified_at": "2026-01-02", "sources": [PAPER]}
# What JSON writers are tempted to escape, each in a way of its own.
ODD = 'quote " backslash \\ slash / line\nend tab\t bell\a delete\x7f é ﬁ 中 😀 \u2028\u2029 </script> &amp;'


def text(value: Json) -> str:
    """As the service writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def table(name: str, *rows: Json) -> Json:
    """Columns of these rows, null where a row says nothing."""
    assert all(set(row) <= set(COLUMNS[name]) for row in rows)
    return {column: [row.get(column) for row in rows] for column in COLUMNS[name]}


def tie(name: str, held_by: str, **more: Any) -> Json:
    row = {
        "id": name,
        "held_by": held_by,
        "agency": "us-ice",
        "kind": "prime_contract",
        "status": "active",
        "status_as_of": "2026",
        "evidence": "record",
        "title": f"The {name}",
        "summary": f"About the {name}.",
        "verified_by": "automated",
        **CHECKED,
    }
    return row | more


ICE = {"id": "us-ice", "name": "Immigration and Customs Enforcement", "short_name": "ICE", "parent": "us-dhs"}
BIG = {"id": "big", "name": "Big", "state": "documented", "ties": ["cloud", "rumour"], "notes": ["pitch"]}
MID = {"id": "mid", "name": "Mid", "state": "via_owner", "owner": "mid-big", "holders": ["big"], "without": ["rumour"]}
NIL = {"id": "nil", "name": "Nil", "state": "none_found", "research": [{"date": "2026-10", "searched": []}]}
ZOO = {"id": "zoo", "name": "Zoo", "state": "not_researched"}
PITCH = {"id": "pitch", "company": "big", "kind": "pitch", "date": "2018-06", "text": ODD, **CHECKED}
HOP = {"id": "mid-big", "company": "mid", "owner": "big", "kind": "subsidiary", "valid_from": "2015", **CHECKED}
BLOGS = {"id": "blogs.com", "kind": "hosted", "apex": "company", "children": "stop", "company": "mid"}
SUFFIX = {"id": "co.uk", "kind": "suffix", "apex": "stop", "children": "stop"}
CLOUD = tie("cloud", "big", awards=["CONT_AWD_1"], amounts=[{"kind": "ceiling", "value": "1.50", "source": 0}])
RUMOUR = tie("rumour", "big", evidence="single_report", via_name="Seller ﬁ")

BEFORE: Json = {
    "format": 2,
    "version": 11,
    "published_at": "2026-11-24T11:59:00Z",
    "names": ["big.com", "blogs.com", "co.uk", "mid.com", "nil.com", "zoo.com"],
    "targets": [0, -1, -2, 1, 2, 3],
    "agencies": table("agencies", ICE),
    "companies": table("companies", BIG, MID, NIL, ZOO),
    "notes": table("notes", PITCH),
    "ownership": table("ownership", HOP),
    "stops": table("stops", BLOGS, SUFFIX),
    "ties": table("ties", CLOUD, RUMOUR),
}

# A company comes before all others and one goes, so that all positions move; a stop comes, a name changes hands.
ANT = {"id": "ant", "name": "Ant & Söhne", "state": "documented", "ties": ["ship"]}
SHIP = tie("ship", "ant", statements=[{"by": "ant", "date": "2026-11", "quote": ODD, "source": 0}])
CLOUD_OVER = {**CLOUD, "status": "ended", "valid_to": "2026-11-20"}
ARMY = {"id": "army.mil", "kind": "government", "apex": "stop", "children": "stop"}

AFTER: Json = {
    "format": 2,
    "version": 12,
    "published_at": "2026-11-25T12:00:00Z",
    "names": ["ant.com", "army.mil", "big.com", "blogs.com", "co.uk", "mid.com", "zoo.com"],
    "targets": [0, -1, 1, -2, -3, 2, 0],
    "agencies": table("agencies", ICE),
    "companies": table("companies", ANT, BIG, MID),
    "notes": table("notes", PITCH),
    "ownership": table("ownership", HOP),
    "stops": table("stops", ARMY, BLOGS, SUFFIX),
    "ties": table("ties", CLOUD_OVER, RUMOUR, SHIP),
}


def change(name: str, *rows: Json, drop: tuple[str, ...] = ()) -> Json:
    return {"drop": list(drop), "put": table(name, *rows)}


DELTA: Json = {
    "format": 2,
    "from": 11,
    "to": 12,
    "published_at": "2026-11-25T12:00:00Z",
    "names": {"drop": ["nil.com"], "put": ["ant.com", "army.mil", "zoo.com"], "targets": [0, -1, 0]},
    "agencies": change("agencies"),
    "companies": change("companies", ANT, drop=("nil", "zoo")),
    "notes": change("notes", drop=("never-there",)),
    "ownership": change("ownership"),
    "stops": change("stops", ARMY),
    "ties": change("ties", SHIP, CLOUD_OVER),
}

NOTHING: Json = DELTA | {
    "names": {"drop": [], "put": [], "targets": []},
    **{name: change(name) for name in COLUMNS},
}


def domains(snapshot: Json) -> int:
    """How many names are companies' domains."""
    return sum(target >= 0 for target in snapshot["targets"])


def edited(value: Json, path: str, new: Any) -> Json:
    """A copy with another value at `a.b.c`; none at all where that is the ellipsis."""
    whole = deepcopy(value)
    inner = whole
    *parents, last = path.split(".")
    for name in parents:
        inner = inner[name]
    if new is ...:
        del inner[last]
    else:
        inner[last] = new
    return whole


def delta_cases() -> Iterator[Json]:
    """The cases of deltas.json."""
    later = {"version": 12, "published_at": "2026-11-25T12:00:00Z"}
    extra = edited(BEFORE, "agencies.country", ["us"])
    yield _case("all kinds of change", BEFORE, DELTA, AFTER)
    yield _case("nothing but the number", BEFORE, NOTHING, BEFORE | later)
    yield _case("a table that did not change is left out", BEFORE, edited(NOTHING, "notes", ...), BEFORE | later)
    yield _case("a row put as it was", BEFORE, edited(NOTHING, "ties", change("ties", CLOUD)), BEFORE | later)
    yield _case(
        "a row in drop and in put",
        BEFORE,
        edited(NOTHING, "ties", change("ties", CLOUD, drop=("cloud",))),
        BEFORE | later,
    )
    yield _case("columns of a later day stay", extra, edited(NOTHING, "agencies.put.country", []), extra | later)
    for why, path, new in REFUSED:
        yield _case(why, BEFORE, edited(DELTA, path, new), None)


REFUSED: list[tuple[str, str, Any]] = [
    ("an unknown column", "ties.put.colour", ["red", "blue"]),
    ("a column missing", "ties.put.title", ...),
    ("a column under another name", "agencies.put", {"id": [], "name": [], "short_name": [], "above": []}),
    ("columns of different lengths", "ties.put.title", ["one"]),
    ("a table without drop", "notes.drop", ...),
    ("names without targets", "names.targets", [0]),
    ("another format", "format", 3),
    ("from another release", "from", 10),
    ("a name left behind by its company", "names", {"drop": [], "put": [], "targets": []}),
    ("a name left behind by its stop", "stops.drop", ["co.uk"]),
]


def _case(why: str, old: Json, delta: Json, new: Json | None) -> Json:
    return {"why": why, "old": text(old), "delta": text(delta), "new": new and text(new)}
