"""What is known of the links of the seed, for its report."""

from collections.abc import Iterator, Mapping

from app.seeding.reader import Tree
from app.seeding.report import Links, Work
from app.sources.check import Checked, Source, Standing, sources_of


def links(tree: Tree, checks: Mapping[str, Checked]) -> Links:
    """The links of a tree by the last check of each."""
    sources = sources_of(tree)
    checked = [source for source in sources if source.url in checks]
    dead = [source for source in checked if checks[source.url].standing is Standing.DEAD]
    works = (work for source in dead for work in _works(source, checks[source.url]))
    return Links(addresses=len(sources), checked=len(checked), dead=tuple(works))


def _works(source: Source, checked: Checked) -> Iterator[Work]:
    for place in source.places:
        file, _, line = place.rpartition(":")
        yield Work(file=file, line=int(line), claim=source.url, wants=f"dead on {checked.at[:10]}: {checked.detail}")
