"""Whole replies of one edition, the most asked for, in bounded memory."""

from array import array
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]

# What an entry costs besides its key and body: messages, header pairs, places in dicts; bytes, measured and rounded up.
OVERHEAD = 2_500
# Of so many keys that were asked for once the hash is remembered, each in a place of its own until another takes it.
SEEN = 65_536


@dataclass(slots=True)
class Reply:
    """An answer as ASGI messages: what starts a 200, its body, and what starts a 304 of the same tag."""

    quoted_tag: bytes
    tag: str
    start: Message
    body: Message
    same: Message
    size: int


class Memo:
    """Replies by what was asked. One is kept when it is asked for the second time, so that hosts asked for once, such
    as a flood of random ones, push nothing out. Of two generations the older goes when the younger has half of the
    room; whatever was asked for since has moved to the younger."""

    def __init__(self, room: int) -> None:
        """`room` is in bytes."""
        self._half = room // 2
        self._young: dict[bytes, Reply] = {}
        self._old: dict[bytes, Reply] = {}
        self._size = 0
        self._seen = array("I", bytes(4 * SEEN))

    def get(self, key: bytes) -> Reply | None:
        """The reply, or None."""
        reply = self._young.get(key)
        if reply is None:
            reply = self._old.pop(key, None)
            if reply is not None:
                self._put(key, reply)
        return reply

    def offer(self, key: bytes, reply: Reply) -> None:
        """Keep the reply, if it was asked for before."""
        number = hash(key)
        place, mark = number % SEEN, number >> 32 & 0xFFFF_FFFF
        if self._seen[place] == mark:
            self._put(key, reply)
        else:
            self._seen[place] = mark

    def _put(self, key: bytes, reply: Reply) -> None:
        size = len(key) + reply.size + OVERHEAD
        if size > self._half:
            return
        if self._size + size > self._half:
            self._old, self._young, self._size = self._young, {}, 0
        self._young[key] = reply
        self._size += size
