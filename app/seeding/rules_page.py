"""docs/rules.md, made of the rule functions and of what the reader refuses."""

from collections.abc import Iterable, Iterator

from app.seeding.checks import MODULES
from app.seeding.rules import READING, RULES, Rule

HEAD = """\
# The rules of the seed

`govties seed check` enforces these; each of its lines names one. This page is made of the rule functions by
`govties seed rules --write`; a test compares it. The numbers are those of the project's editorial rules; what no
program can check stands in [seed/README.md](../seed/README.md#what-may-be-published).

A rule marked *may be excepted* judges words or places and can be wrong: `seed/exceptions.yml` then names the rule, the
file, the claim and the reason. An exception that nothing needs is a problem itself.
"""


def rules_page() -> str:
    """The whole page, in Markdown."""
    assert MODULES, "the rules are registered by their modules"
    parts = [HEAD, *_section("What a file must be", READING), *_section("What the records must obey", RULES.values())]
    return "\n".join(parts)


def _section(title: str, rules: Iterable[Rule]) -> Iterator[str]:
    yield f"## {title}\n"
    for each in rules:
        yield f"### `{each.name}`\n"
        yield f"{each.demands}\n"
        yield f"- Why: {each.why}"
        yield f"- To mend: {each.mend}"
        if each.excusable:
            yield "- It may be excepted."
        yield ""
