"""Retired ids: each leads to the end of its chain, and a circle leads nowhere."""

import pytest

from app.lookup.redirects import resolved


@pytest.mark.parametrize(
    ("steps", "ends"),
    [
        ({}, {}),
        ({"a": "x"}, {"a": "x"}),
        ({"a": "b", "b": "c", "c": "x"}, {"a": "x", "b": "x", "c": "x"}),
        ({"a": "a"}, {}),
        ({"a": "b", "b": "a", "c": "a", "d": "x"}, {"d": "x"}),
    ],
)
def test_every_chain_is_followed_to_its_end(steps: dict[str, str], ends: dict[str, str]) -> None:
    assert resolved(steps) == ends
