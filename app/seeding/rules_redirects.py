"""Rules for retired company ids (`seed/redirects.csv`).

An id that was published may stand in bookmarks, articles and old extensions, so it leads on for ever and never means
another company.
"""

from collections.abc import Iterator

from app.lookup.redirects import resolved
from app.seeding.reader import Problem, Tree
from app.seeding.rules import rule


@rule(
    "redirect-reused",
    why="An id is stable and is never used again.",
    mend="Give the company another id; retire an id in one line.",
)
def retired_ids_are_not_used(tree: Tree) -> Iterator[Problem]:
    """A retired id stands for no company any more, and is retired once."""
    first: dict[str, int] = {}
    for line, redirect in tree.redirects.items():
        old = redirect.old_id
        if old in tree.companies:
            company = tree.companies[old][1].path
            message = f"{old} is retired here and used in {company}: give that company another id"
            yield tree.redirects_file.problem("redirect-reused", message, line)
        if old in first:
            message = f"{old} is retired in line {first[old]} already: keep one"
            yield tree.redirects_file.problem("redirect-reused", message, line)
        first.setdefault(old, line)


@rule(
    "redirect-target",
    why="Who follows an old address finds the company, for ever.",
    mend="Name the id of the company that stands for the old one today.",
)
def redirects_lead_to_companies(tree: Tree) -> Iterator[Problem]:
    """Every chain of redirects ends at a company of the seed, and none goes in a circle."""
    steps = {redirect.old_id: redirect.new_id for redirect in tree.redirects.values()}
    ends = resolved(steps)
    for line, redirect in tree.redirects.items():
        if redirect.old_id not in ends:
            message = f"{redirect.old_id} leads back to itself: name the company that stands for it now"
            yield tree.redirects_file.problem("redirect-target", message, line)
        elif redirect.new_id not in steps and redirect.new_id not in tree.companies:
            message = f"no company {redirect.new_id} in seed/companies"
            yield tree.redirects_file.problem("redirect-target", message, line)
