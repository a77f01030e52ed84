"""Rules of names that refer: sources, ids, companies, agencies."""

from collections.abc import Iterator

from app.seeding.claims import all_claims, claim_id, claims
from app.seeding.graph import in_cycles
from app.seeding.reader import Location, Problem, SourceFile, Tree
from app.seeding.rules import rule

MAX_ID = 300  # the width of the id columns


@rule(
    "source-known",
    why="Each claim has at least one source.",
    mend="Add the source under `sources`, correct its key, or remove a source that nothing uses.",
)
def sources_are_known(tree: Tree) -> Iterator[Problem]:
    """Every source that a claim names stands in the file's `sources`, and every one of those is used."""
    for company, file in tree.companies.values():
        used: set[str] = set()
        for name, at, claim in claims(company):
            used.update(claim.sources)
            for position, key in enumerate(claim.sources):
                if key not in company.sources:
                    yield file.problem("source-known", f"no source {key} in sources", name, at, "sources", position)
        used.update(key for identifier in company.identifiers for key in identifier.sources)
        for key in company.sources.keys() - used:
            yield file.problem("source-known", f"source {key} is used by no claim: remove it", "sources", key)


@rule(
    "id-unique",
    why="Each claim has a stable id that is never reused.",
    mend="Give the new one another id.",
)
def ids_are_unique(tree: Tree) -> Iterator[Problem]:
    """An id stands for one claim or research entry, over all files."""
    seen: dict[str, str] = {}
    for name, file, where in all_ids(tree):
        if len(name) > MAX_ID:
            yield file.problem("id-unique", f"its id has {len(name)} characters: give it a shorter id", *where)
        if name in seen:
            hint = "give it another id"
            yield file.problem("id-unique", f"{name} stands in {seen[name]} already: {hint}", *where)
        seen.setdefault(name, f"{file.path}:{file.line(where)}")


def all_ids(tree: Tree) -> Iterator[tuple[str, SourceFile, Location]]:
    """The ids of all claims and research entries with their places."""
    for company, file, where, claim in all_claims(tree):
        yield claim_id(company, claim), file, where
    for company, file in tree.companies.values():
        for at, entry in enumerate(company.research):
            yield entry.id, file, ("research", at)


@rule(
    "company-known",
    why="4: a chain is always shown, so every company of it is in the data.",
    mend="Correct the id, or write the company's file first: `govties seed new company`.",
)
def companies_are_known(tree: Tree) -> Iterator[Problem]:
    """Owners, contractors, speakers and operators of platforms are companies of the seed."""
    for company, file in tree.companies.values():
        named: list[tuple[Location, str | None]] = [
            (("owners", at, "owner"), claim.owner) for at, claim in enumerate(company.owners)
        ]
        for at, tie in enumerate(company.ties):
            named.append((("ties", at, "via"), tie.via))
            named += [(("ties", at, "statements", n, "by"), s.by) for n, s in enumerate(tie.statements)]
        for where, name in named:
            if name is not None and name not in tree.companies:
                yield file.problem("company-known", f"no company {name} in seed/companies", *where)
    for at, platform in enumerate(tree.hosted.platforms):
        if platform.company is not None and platform.company not in tree.companies:
            message = f"no company {platform.company} in seed/companies"
            yield tree.hosted_file.problem("company-known", message, "platforms", at, "company")


@rule(
    "agency-known",
    why="A tie is a company's with an agency.",
    mend="Correct the id, or write the agency's file first: `govties seed new agency`.",
)
def agencies_are_known(tree: Tree) -> Iterator[Problem]:
    """Ties and notes name agencies of the seed, agencies their parents, without a cycle."""
    for _, file, where, claim in all_claims(tree):
        agency = getattr(claim, "agency", None)
        if agency is not None and agency not in tree.agencies:
            yield file.problem("agency-known", f"no agency {agency} in seed/agencies", *where, "agency")
    for agency, file in tree.agencies.values():
        if agency.parent is not None and agency.parent not in tree.agencies:
            yield file.problem("agency-known", f"no agency {agency.parent} in seed/agencies", "parent")
    parents = {name: [agency.parent] for name, (agency, _) in tree.agencies.items() if agency.parent}
    for name in in_cycles(parents):
        yield tree.agencies[name][1].problem("agency-known", f"{name} is its own parent in a circle", "parent")
