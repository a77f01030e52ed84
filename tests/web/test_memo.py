"""The memo of whole replies: bounded, and a flood of hosts asked for once pushes nothing out."""

import pytest

from app.web import memo
from app.web.memo import OVERHEAD, Generations, Heads, Memo, Reply

BODY = 1_000
ENTRY = BODY + OVERHEAD + 4


def reply() -> Reply:
    return Reply(Heads(quoted_tag=b"", tag="", start={}, same={}), body={}, size=BODY)


def ask(found: Memo, key: bytes) -> bool:
    """Whether the memo had it; what it lacks is made and offered."""
    if found.get(key):
        return True
    found.offer(key, reply())
    return False


def test_a_reply_is_kept_when_it_is_asked_for_the_second_time() -> None:
    found = Memo(100 * ENTRY)
    assert [ask(found, b"host") for _ in range(4)] == [False, False, True, True]


def test_a_flood_of_hosts_asked_for_once_pushes_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "SEEN", 1_000)
    found = Memo(100 * ENTRY)
    for _ in range(2):
        assert not ask(found, b"host")
    for at in range(20_000):
        ask(found, b"%d" % at)
    assert len(found) == 1
    assert len(found._seen) <= 1_000
    assert ask(found, b"host")


def test_what_is_asked_for_all_the_time_outlives_a_flood_asked_for_twice() -> None:
    found = Memo(100 * ENTRY)
    for _ in range(2):
        ask(found, b"host")
    for at in range(5_000):
        ask(found, b"%04d" % at)
        ask(found, b"%04d" % at)
        assert at % 20 or ask(found, b"host")
        assert len(found) <= 101


def test_what_nobody_asks_for_any_more_goes() -> None:
    found = Memo(10 * ENTRY)
    for at in range(100):
        ask(found, b"%04d" % at)
        ask(found, b"%04d" % at)
    assert found.get(b"0000") is None
    assert found.get(b"0099")


def test_no_room_keeps_nothing() -> None:
    found = Memo(0)
    for _ in range(3):
        assert not ask(found, b"host")
    assert len(found) == 0


def test_of_many_values_those_that_are_asked_for_stay() -> None:
    found = Generations[str, int](100)
    found.put("asked for", 0)
    for at in range(1, 1_000):
        found.put(str(at), at)
        assert at % 20 or found.get("asked for") == 0
        assert len(found) <= 100
    assert found.get("asked for") == 0
    assert found.get("1") is None
    assert found.get("999") == 999
