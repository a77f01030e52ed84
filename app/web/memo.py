"""What is asked for most, in bounded memory: values in two generations, and the whole replies of one edition."""

from array import array
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

Message = dict[str, Any]
K = TypeVar("K")
V = TypeVar("V")

# What an entry costs besides its key and body where it shares its heads with no other; where it does, about 400. In
# bytes, measured and rounded up.
OVERHEAD = 1_500
# Of so many keys that were asked for once the hash is remembered, each in a place of its own until another takes it.
SEEN = 65_536


class Heads(NamedTuple):
    """What starts the replies of one tag and one length, as ASGI messages: a 200, and a 304."""

    quoted_tag: bytes
    tag: str
    start: Message
    same: Message


class Reply(NamedTuple):
    """An answer: how it starts, and its body as an ASGI message; `size` is the body's, in bytes."""

    heads: Heads
    body: Message
    size: int


class Generations(Generic[K, V]):
    """Values in bounded room. Of two generations the older goes when the younger has half of the room; whatever was
    asked for since has moved to the younger. Cheaper to ask than a list in order of use, and needs no lock: where
    threads meet, what was kept may be lost."""

    def __init__(self, room: int, cost: Callable[[K, V], int] = lambda _key, _value: 1) -> None:
        """`room` is what all may cost together; without `cost` each value costs 1."""
        self._half = room // 2
        self._cost = cost
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self._spent = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """The value, or None."""
        value = self._young.get(key)
        if value is None:
            value = self._old.pop(key, None)
            if value is not None:
                self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep the value, if there is room for one such at all."""
        cost = self._cost(key, value)
        if cost > self._half:
            return
        if self._spent + cost > self._half:
            self._old, self._young, self._spent = self._young, {}, 0
        self._young[key] = value
        self._spent += cost


class Memo(Generations[bytes, Reply]):
    """Replies by what was asked. One is kept when it is asked for the second time, so that hosts asked for once, such
    as a flood of random ones, push nothing out."""

    def __init__(self, room: int) -> None:
        """`room` is in bytes."""
        super().__init__(room, _bytes)
        self._seen = array("I", bytes(4 * SEEN))

    def offer(self, key: bytes, reply: Reply) -> None:
        """Keep the reply, if it was asked for before."""
        number = hash(key)
        place, mark = number % SEEN, number >> 32 & 0xFFFF_FFFF
        if self._seen[place] == mark:
            self.put(key, reply)
        else:
            self._seen[place] = mark


def _bytes(key: bytes, reply: Reply) -> int:
    return len(key) + reply.size + OVERHEAD
