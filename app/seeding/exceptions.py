"""seed/exceptions.yml: problems that a maintainer has looked at and lets stand, each with its reason. One that excepts
nothing is a problem itself, so that none outlives its cause (mdn/browser-compat-data does the same)."""

from collections.abc import Iterator

from app.seeding.claims import claim_id, claims
from app.seeding.exempt import Exempt
from app.seeding.reader import Location, Problem, SourceFile, Tree
from app.seeding.record import Agency, Company
from app.seeding.rules import all_rules


def excepted(tree: Tree, found: set[Problem]) -> Iterator[Problem]:
    """The problems that are left, and those of the exceptions themselves."""
    left = set(found)
    for at, each in enumerate(tree.exceptions.exceptions):
        message = _wrong(each)
        matched = {problem for problem in found if _matches(tree, each, problem)}
        if message is None and not matched:
            message = f"nothing breaks {each.rule} there any more: remove this exception"
        if message is None:
            left -= matched
        else:
            yield tree.exceptions_file.problem("exception", message, "exceptions", at)
    yield from left


def _wrong(each: Exempt) -> str | None:
    known = all_rules().get(each.rule)
    if known is None:
        return f"there is no rule {each.rule}: see docs/rules.md"
    return None if known.excusable else f"{each.rule} holds always: mend the record instead"


def _matches(tree: Tree, each: Exempt, problem: Problem) -> bool:
    records: tuple[tuple[Company | Agency, SourceFile], ...] = (*tree.companies.values(), *tree.agencies.values())
    record, file = next((pair for pair in records if _is(pair[1], each.file)), (None, None))
    if record is None or file is None or problem.file != file.path or problem.rule != each.rule:
        return False
    return each.claim is None or problem.line in _lines(file, _places(record, each.claim))


def _is(file: SourceFile, name: str) -> bool:
    return file.path.partition("/")[2] == name


def _places(record: Company | Agency, name: str) -> list[Location]:
    """Where a claim's id, a source's key or an alias stands."""
    found: list[Location] = [("aliases", at) for at, alias in enumerate(record.aliases) if alias == name]
    if isinstance(record, Company):
        found += [(field, at) for field, at, claim in claims(record) if claim_id(record, claim) == name]
        found += [("sources", name)] if name in record.sources else []
    return found


def _lines(file: SourceFile, places: list[Location]) -> set[int]:
    return {line for where, line in file.lines.items() if any(where[: len(place)] == place for place in places)}
