"""The register of rules: each is one function with a stable name, or a thing that the reader refuses.

docs/rules.md is made from it (`rules_page.py`); `checks.py` runs the functions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.seeding.reader import Problem, Tree

Check = Callable[[Tree], Iterator[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `name` is stable: problems and exceptions call it so. `demands` is what it asks, `why` the editorial
    rule behind it (trust.md), `mend` what to do. `excusable` rules judge words and places and may be wrong, so that
    seed/exceptions.yml can except a record from them; the others hold always."""

    name: str
    demands: str
    why: str
    mend: str
    excusable: bool = False


RULES: dict[str, Rule] = {}
CHECKS: dict[str, Check] = {}


def rule(name: str, *, why: str, mend: str, excusable: bool = False) -> Callable[[Check], Check]:
    """Register a function as the rule `name`; its docstring says what the rule demands."""

    def register(function: Check) -> Check:
        assert name not in RULES, f"two rules have the name {name}"
        demands = " ".join((function.__doc__ or "").split())
        assert demands, f"the rule {name} says nothing"
        RULES[name] = Rule(name=name, demands=demands, why=why, mend=mend, excusable=excusable)
        CHECKS[name] = function
        return function

    return register


FORM = "What cannot be read cannot be checked."

# What the reader refuses (reader.py, record.py, exceptions.py); these have no function of their own.
READING: tuple[Rule, ...] = (
    Rule(name="missing", demands="Every folder and file of the seed is there and can be read.", why=FORM,
         mend="Put it back, or set GOVTIES_SEED_DIR to the folder of the seed."),
    Rule(name="file-name", demands="The folders hold only `.yml` files, each named after its `id`.",
         why="Ids are stable and stand for one file (each claim).", mend="Rename the file, or write its name as `id`."),
    Rule(name="encoding", demands="Files are UTF-8.", why=FORM, mend="Save the file as UTF-8."),
    Rule(name="too-large", demands="A file has at most 1,000,000 bytes.", why=FORM, mend="One file holds one record."),
    Rule(name="yaml", demands="The file is one YAML document without aliases, a key twice or hidden characters.",
         why=FORM, mend="The message says what stands there; quote a text that has `: ` or ` #` in it."),
    Rule(name="format", demands="Every value has its form, and the parts of a record agree: quotes have at most 40 "
         "words, dates are 2018, 2018-01 or 2018-01-24, links are whole, `reviewed_by` is a second person, a status "
         "other than published has a dated note.", why="What each claim has to carry; 12: corrections are public.",
         mend="The message says how to write it; the README of the seed explains every field."),
    Rule(name="unknown-field", demands="Only fields that there are.", why=FORM,
         mend="Check the spelling against seed/README.md."),
    Rule(name="missing-field", demands="Every required field is there and not left blank.",
         why="Each claim has a source, a date of verification and who verified it.",
         mend="Fill it in from the source. What you have not seen in a source stays out."),
    Rule(name="exception", demands="An exception in exceptions.yml names a rule that may be excepted, and a problem "
         "that is there.", why="An exception that is not needed any more hides the next mistake.",
         mend="Remove the exception, or correct its rule, file or claim."),
)  # fmt: skip


def all_rules() -> dict[str, Rule]:
    """Every rule by name: those of reading first."""
    return {each.name: each for each in READING} | RULES
