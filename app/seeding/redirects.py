"""Rules for retired company ids (`seed/redirects.csv`); `checks.py` registers them.

An id that was published may stand in bookmarks, articles and old extensions, so it leads on for ever and never means
another company.
"""

from collections.abc import Iterator

from app.lookup.redirects import resolved
from app.seeding.reader import Problem, Tree


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
