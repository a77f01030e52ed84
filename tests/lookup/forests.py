"""Made-up facts for the lookup: builders, and hypothesis strategies for whole worlds of owners and ties."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite

from app.lookup.facts import (
    Agency,
    Company,
    Note,
    Ownership,
    Release,
    Research,
    SearchedPlace,
    Source,
    Tie,
    World,
)

CHECKED: dict[str, Any] = {"verified_at": "2026-01-02", "verified_by": "automated"}
SOURCE = Source(url="https://paper.example/story", publisher="The Paper", type="press")
AGENCY = Agency(id="us-ice", name="Immigration and Customs Enforcement", short_name="ICE", country="US")


def edge(company: str, owner: str, **more: Any) -> Ownership:
    """A controlling ownership of today."""
    fields = {"id": f"{company}-owner-{owner}", "kind": "subsidiary", "sources": (SOURCE,), **CHECKED, **more}
    return Ownership(company=company, owner=owner, **fields)


def tie(name: str, holder: str, **more: Any) -> Tie:
    """A live tie."""
    fields = {
        "agency": "us-ice",
        "kind": "other",
        "status": "active",
        "status_as_of": "2020",
        "evidence": "record",
        "title": name,
        "summary": name,
        "sources": (SOURCE,),
        **CHECKED,
        **more,
    }
    return Tie(id=name, held_by=holder, **fields)


def note(name: str, company: str) -> Note:
    return Note(id=name, company=company, kind="pitch", date="2018", text=name, sources=(SOURCE,), **CHECKED)


def research(company: str) -> Research:
    places = (SearchedPlace(where="USAspending", what="awards"), SearchedPlace(where="The Paper", what="archive"))
    return Research(company=company, date="2026-01-02", by="someone", searched=places)


def world(
    companies: Iterable[str],
    edges: Iterable[Ownership] = (),
    ties: Iterable[Tie] = (),
    searched: Iterable[str] = (),
    notes: Iterable[Note] = (),
) -> World:
    """A world of these companies; `searched` names those with a research entry."""
    ties, notes, searched = list(ties), list(notes), set(searched)
    owners, owned = defaultdict(list), defaultdict(list)
    for each in edges:
        owners[each.company].append(each)
        owned[each.owner].append(each)
    return World(
        release=Release(version=1, published_at="2026-01-02T00:00:00Z"),
        companies={
            name: Company(
                id=name,
                name=name.title(),
                ties=tuple(t for t in ties if t.held_by == name),
                notes=tuple(n for n in notes if n.company == name),
                research=(research(name),) if name in searched else (),
            )
            for name in companies
        },
        agencies={"us-ice": AGENCY},
        owners={name: tuple(listed) for name, listed in owners.items()},
        owned={name: tuple(listed) for name, listed in owned.items()},
    )


# Few dates of every precision, so that they meet, touch and swallow one another.
DATES = st.sampled_from(
    ["2014", "2015", "2015-05", "2015-05-31", "2015-06", "2015-06-01", "2015-06-15", "2015-06-30", "2016", "2016-02-29"]
)
MAYBE_DATE = st.one_of(st.none(), DATES)
CONTROL = st.sampled_from(["subsidiary", "brand"])
ANY_DATE = st.dates().map(str)


@composite
def some_ties(draw: DrawFn, holder: str) -> list[Tie]:
    """Up to three ties of one company."""
    made = []
    for number in range(draw(st.integers(0, 3))):
        status = draw(st.sampled_from(["active", "ending_announced", "ended", "unknown"]))
        made.append(
            tie(
                f"{holder}-tie-{number}",
                holder,
                status=status,
                status_as_of=draw(DATES),
                valid_from=draw(MAYBE_DATE),
                valid_to=draw(MAYBE_DATE) if status == "ended" else None,
                evidence=draw(st.sampled_from(["record", "corroborated", "single_report"])),
                claim_status=draw(st.sampled_from(["published", "disputed", "corrected"])),
            )
        )
    return made


@composite
def noise(draw: DrawFn, names: list[str], number: int) -> Ownership:
    """An edge over which nothing flows: a minority, or one that has ended. It may go round in circles."""
    ended = draw(st.booleans())
    return edge(
        draw(st.sampled_from(names)),
        draw(st.sampled_from(names)),
        id=f"noise-{number}",
        kind=draw(CONTROL) if ended else "minority",
        valid_from=draw(MAYBE_DATE),
        valid_to=draw(DATES) if ended else draw(MAYBE_DATE),
    )


@composite
def worlds(draw: DrawFn, *, circles: bool = False) -> World:
    """Companies c0, c1, … in a forest of owners, with noise between them; with `circles`, owners may go round."""
    names = [f"c{number}" for number in range(draw(st.integers(1, 7)))]
    edges = []
    for at, name in enumerate(names):
        candidates = [n for n in names if n != name] if circles else names[:at]
        owned: bool = draw(st.booleans())
        if candidates and owned:
            owner = draw(st.sampled_from(candidates))
            edges.append(edge(name, owner, kind=draw(CONTROL), valid_from=draw(MAYBE_DATE)))
    edges += [draw(noise(names, number)) for number in range(draw(st.integers(0, 4)))]
    edges = draw(st.permutations(edges))
    ties = [one for name in names for one in draw(some_ties(name))]
    return world(names, edges, ties, draw(st.sets(st.sampled_from(names))), [note(f"{n}-note", n) for n in names])
