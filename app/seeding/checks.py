"""What several records together must obey: one function a rule. All problems come at once.

What one record alone can show is refused by the models in `record.py`. The rules stand in `rules_*.py`.
"""

from app.seeding import (
    rules_aliases,
    rules_evidence,
    rules_identifiers,
    rules_names,
    rules_redirects,
    rules_references,
    rules_words,
)
from app.seeding.exceptions import excepted
from app.seeding.reader import Problem, Tree
from app.seeding.rules import CHECKS, RULES

__all__ = ["MODULES", "RULES", "check"]

# Importing a module registers its rules.
MODULES = (
    *(rules_references, rules_names, rules_aliases, rules_evidence, rules_identifiers, rules_redirects, rules_words),
)


def check(tree: Tree) -> list[Problem]:
    """All problems of the tree, those of reading it included, in the order of files and lines; without those that
    seed/exceptions.yml excepts, and with those of an exception that nothing needs. Raises ClockBehind."""
    rules_evidence.require_clock(tree)
    found = list(tree.problems)
    for function in CHECKS.values():
        found.extend(function(tree))
    return sorted(excepted(tree, set(found)))
