"""Who owns whom: the chain of controlling owners above a company, and the companies it controls.

Ownership means control (trust.md 2); a minority stake is recorded and never walked. State follows today's chain.
"""

from collections.abc import Iterator

from app.lookup.facts import Ownership, World

Path = tuple[Ownership, ...]


def owner_chain(world: World, company: str) -> Path:
    """Today's controlling owners, nearest first, up to the ultimate parent. A cycle, which the seed checks refuse,
    ends the walk instead of hanging it."""
    edges: list[Ownership] = []
    seen = {company}
    while edge := _owner_today(world, edges[-1].owner if edges else company):
        if edge.owner in seen:
            break
        seen.add(edge.owner)
        edges.append(edge)
    return tuple(edges)


def _owner_today(world: World, company: str) -> Ownership | None:
    return next((edge for edge in world.owners.get(company, ()) if edge.controls_today), None)


def controlled(world: World, company: str) -> Iterator[Path]:
    """A path of ownerships from `company` down to every company it controls today, nearest first."""
    waiting: list[tuple[str, Path]] = [(company, ())]
    seen = {company}
    for name, path in waiting:
        for edge in world.owned.get(name, ()):
            if edge.controls_today and edge.company not in seen:
                seen.add(edge.company)
                down = (*path, edge)
                waiting.append((edge.company, down))
                yield down


def formerly_controlled(world: World, company: str) -> Iterator[Ownership]:
    """The ownerships by `company` that have ended: history, outside state and badge."""
    for edge in world.owned.get(company, ()):
        if edge.kind != "minority" and edge.valid_to is not None:
            yield edge
