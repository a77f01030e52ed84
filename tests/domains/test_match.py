"""From a host's name to the entry that speaks for it: the shared vectors, and a slow, obvious matcher beside it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domains.match import Action, Entry, Match, match

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "vectors/matches.json").read_text("utf-8")
)
INDEX = {row["name"]: Entry(**row) for row in VECTORS["index"]}

names = st.lists(st.sampled_from(["a", "b", "com", "co", "uk", "bigco"]), min_size=1, max_size=4).map(".".join)
actions = st.sampled_from(["company", "stop"])
kinds = st.sampled_from(["domain", "hosted", "government", "suffix"])
entries = st.builds(Entry, names, st.none() | st.just("bigco"), actions, actions, kinds, st.none(), st.none())
indexes = st.lists(entries, max_size=8).map(lambda found: {entry.name: entry for entry in found})


def slow_match(name: str, index: Mapping[str, Entry]) -> Match | None:
    """The longest of all entries that are the name or end it behind a dot."""
    above = [entry for entry in index.values() if f".{name}".endswith(f".{entry.name}")]
    if not above:
        return None
    entry = max(above, key=lambda found: len(found.name))
    action: Action = entry.apex if entry.name == name else entry.children
    if entry.kind == "government":
        action = "stop"
    if entry.kind == "suffix":
        return Match(entry, "stop") if entry.name == name else None
    return Match(entry, action)


@pytest.mark.parametrize("row", VECTORS["rows"], ids=lambda row: row["host"] or "empty")
def test_a_vector_that_the_extension_runs_too(row: dict[str, Any]) -> None:
    found = match(row["host"], INDEX)
    if row["domain"] is None:
        assert found is None
        return
    assert found is not None
    assert (found.entry.name, found.action) == (row["domain"], row["action"])
    assert row["company"] == (found.entry.company if found.action == "company" else None)
    assert row["platform"] == (found.entry.platform if found.action == "stop" else None)


def test_vectors_cover_every_kind_and_outcome() -> None:
    assert len(VECTORS["rows"]) >= 40
    assert {row["action"] for row in VECTORS["rows"]} == {"company", "stop", None}
    assert {entry.kind for entry in INDEX.values()} == {"domain", "hosted", "government", "suffix"}


@given(names, indexes)
def test_it_agrees_with_the_slow_matcher(name: str, index: dict[str, Entry]) -> None:
    assert match(name, index) == slow_match(name, index)


@given(st.text(st.sampled_from("ab.-"), max_size=12), indexes)
def test_the_entry_is_the_host_or_ends_it_behind_a_dot(name: str, index: dict[str, Entry]) -> None:
    found = match(name, index)
    assert found is None or name == found.entry.name or name.endswith(f".{found.entry.name}")


def test_an_empty_index_matches_nothing() -> None:
    assert match("www.bigco.com", {}) is None
