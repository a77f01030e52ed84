"""Circles in a graph of names."""

from collections.abc import Mapping, Sequence

Edges = Mapping[str, Sequence[str]]


def in_cycles(edges: Edges) -> set[str]:
    """The names that reach themselves. What surely lies on no circle is peeled off first, so that a tree, which is
    the rule, costs what it has of edges, and only circles and what joins them are walked."""
    left = _without_ends(edges)
    return {name for name in left if _reaches_itself(name, left)}


def _without_ends(edges: Edges) -> dict[str, list[str]]:
    left = {name: [far for far in edges[name] if far in edges] for name in edges}
    ends = [name for name, far in left.items() if not far]
    nearer: dict[str, list[str]] = {}
    for name, listed in left.items():
        for far in listed:
            nearer.setdefault(far, []).append(name)
    while ends:
        gone = ends.pop()
        del left[gone]
        for name in nearer.get(gone, []):
            left[name].remove(gone)
            if not left[name]:
                ends.append(name)
    return left


def _reaches_itself(start: str, edges: Edges) -> bool:
    reached: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += edges[name]
    return start in reached
