"""What several records together must obey: one function a rule. All problems come at once.

What one record alone can show is refused by the models in `record.py`.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations

from app.domains.names import HostError, parse_host
from app.domains.suffixes import is_public_suffix
from app.lookup.dates import earliest, latest, surely_before
from app.seeding import identifiers, redirects
from app.seeding.reader import Location, Problem, SourceFile, Tree
from app.seeding.record import (
    Claim,
    Company,
    DomainClaim,
    Evidence,
    OwnershipClaim,
    OwnershipKind,
    SourceType,
    TieClaim,
    TieKind,
)

Rule = Callable[[Tree], Iterator[Problem]]
RULES: dict[str, Rule] = {}
MAX_ID = 300  # the width of the id columns


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under the name by which problems and exceptions call it."""

    def register(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return register


def check(tree: Tree) -> list[Problem]:
    """All problems of the tree, those of reading it included, in the order of files and lines."""
    found = list(tree.problems)
    for function in RULES.values():
        found.extend(function(tree))
    return sorted(set(found))


def claims(company: Company) -> Iterator[tuple[str, int, Claim]]:
    """Every claim of a company with its place: the field and the position in it."""
    fields = (("domains", company.domains), ("owners", company.owners), ("ties", company.ties))
    for name, listed in (*fields, ("notes", company.notes)):
        for at, claim in enumerate(listed):
            yield name, at, claim


def claim_id(company: Company, claim: Claim) -> str:
    """The stable id of a claim: written down for ties and notes; for domains and owners made of names that never
    change, unless the file gives another (needed when a company is bought twice by the same owner)."""
    written = getattr(claim, "id", None)
    if written:
        return str(written)
    if isinstance(claim, DomainClaim):
        return f"{company.id}-domain-{claim.name.replace('.', '-dot-')}"
    if isinstance(claim, OwnershipClaim):
        return f"{company.id}-owner-{claim.owner}"
    raise TypeError(type(claim).__name__)


def _all_claims(tree: Tree) -> Iterator[tuple[Company, SourceFile, Location, Claim]]:
    for company, file in tree.companies.values():
        for name, at, claim in claims(company):
            yield company, file, (name, at), claim


@rule("source-known")
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


@rule("id-unique")
def ids_are_unique(tree: Tree) -> Iterator[Problem]:
    """An id stands for one claim or research entry, over all files."""
    seen: dict[str, str] = {}
    for name, file, where in _all_ids(tree):
        if len(name) > MAX_ID:
            yield file.problem("id-unique", f"its id has {len(name)} characters: give it a shorter id", *where)
        if name in seen:
            hint = "give it another id"
            yield file.problem("id-unique", f"{name} stands in {seen[name]} already: {hint}", *where)
        seen.setdefault(name, f"{file.path}:{file.line(where)}")


def _all_ids(tree: Tree) -> Iterator[tuple[str, SourceFile, Location]]:
    for company, file, where, claim in _all_claims(tree):
        yield claim_id(company, claim), file, where
    for company, file in tree.companies.values():
        for at, entry in enumerate(company.research):
            yield entry.id, file, ("research", at)


@rule("company-known")
def companies_are_known(tree: Tree) -> Iterator[Problem]:
    """Owners, contractors and speakers are companies of the seed."""
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


@rule("agency-known")
def agencies_are_known(tree: Tree) -> Iterator[Problem]:
    """Ties and notes name agencies of the seed, agencies their parents, without a cycle."""
    for _, file, where, claim in _all_claims(tree):
        agency = getattr(claim, "agency", None)
        if agency is not None and agency not in tree.agencies:
            yield file.problem("agency-known", f"no agency {agency} in seed/agencies", *where, "agency")
    for agency, file in tree.agencies.values():
        if agency.parent is not None and agency.parent not in tree.agencies:
            yield file.problem("agency-known", f"no agency {agency.parent} in seed/agencies", "parent")
    parents = {name: [agency.parent] for name, (agency, _) in tree.agencies.items() if agency.parent}
    for name in _in_cycles(parents):
        yield tree.agencies[name][1].problem("agency-known", f"{name} is its own parent in a circle", "parent")


@rule("owner-cycle")
def owners_form_no_cycle(tree: Tree) -> Iterator[Problem]:
    """Today nobody owns itself through others."""
    owners = {
        name: [claim.owner for claim in company.owners if _controls(claim) and claim.valid_to is None]
        for name, (company, _) in tree.companies.items()
    }
    for name in sorted(_in_cycles(owners)):
        yield tree.companies[name][1].problem("owner-cycle", f"{name} owns itself through its owners", "owners")


def _in_cycles(edges: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    for start in edges:
        reached, waiting = set(), list(edges[start])
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += edges.get(name, [])
        if start in reached:
            found.add(start)
    return found


def _controls(claim: OwnershipClaim) -> bool:
    return claim.kind != OwnershipKind.MINORITY and claim.claim_status != "retracted"


@rule("one-owner")
def one_owner_at_a_time(tree: Tree) -> Iterator[Problem]:
    """Two owners cannot both hold more than half at once."""
    for company, file in tree.companies.values():
        control = [(at, claim) for at, claim in enumerate(company.owners) if _controls(claim)]
        for (_, a), (at, b) in combinations(control, 2):
            if _overlap(a, b):
                message = f"{a.owner} and {b.owner} would both control {company.id}: end one, or mark a minority"
                yield file.problem("one-owner", message, "owners", at)


def _overlap(a: Claim, b: Claim) -> bool:
    """Whether two claims may hold on one day. A handover on the same day, month or year is no overlap."""

    def precedes(first: Claim, second: Claim) -> bool:
        if first.valid_to is None:
            return False
        return second.valid_from is not None and earliest(first.valid_to) <= latest(second.valid_from)

    return not (precedes(a, b) or precedes(b, a))


@rule("domain-unique")
def domains_are_unique(tree: Tree) -> Iterator[Problem]:
    """A name stands for one company at a time, and is a company's or a platform's, not both."""
    by_name: dict[str, list[tuple[DomainClaim, str]]] = {}
    for _, file, where, claim in _all_claims(tree):
        if not isinstance(claim, DomainClaim) or claim.claim_status == "retracted":
            continue
        place = f"{file.path}:{file.line(where)}"
        for other, there in by_name.get(claim.name, []):
            if _overlap(other, claim):
                yield file.problem("domain-unique", f"{claim.name} is claimed at {there} too", *where, "name")
        by_name.setdefault(claim.name, []).append((claim, place))
    hosted: set[str] = set()
    for at, (field, name) in _hosted_names(tree):
        file, where = tree.hosted_file, (field, at)
        if name in hosted:
            yield file.problem("domain-unique", f"{name} stands here twice", *where)
        hosted.add(name)
        for _, there in by_name.get(name, []):
            yield file.problem("domain-unique", f"{name} is claimed at {there}: keep it here, with its company", *where)


def _hosted_names(tree: Tree) -> Iterator[tuple[int, tuple[str, str]]]:
    for at, platform in enumerate(tree.hosted.platforms):
        for name in (platform.name, *(f"{child}.{platform.name}" for child in platform.own)):
            yield at, ("platforms", name)
    for at, government in enumerate(tree.hosted.governments):
        yield at, ("governments", government.suffix)


@rule("domain-form")
def domains_are_registrable(tree: Tree) -> Iterator[Problem]:
    """A domain is a name that can match: canonical, public, and no suffix that many owners share."""
    for _, file, where, claim in _all_claims(tree):
        if isinstance(claim, DomainClaim):
            for message in _bad_name(claim.name):
                yield file.problem("domain-form", message, *where, "name")
            if not list(_bad_name(claim.name)) and is_public_suffix(claim.name):
                message = f"{claim.name} is a public suffix, shared by many owners: it belongs in hosted.yml"
                yield file.problem("domain-form", message, *where, "name")
    for at, (field, name) in _hosted_names(tree):
        for message in _bad_name(name, suffix=field == "governments"):
            yield tree.hosted_file.problem("domain-form", message, field, at)


def _bad_name(name: str, *, suffix: bool = False) -> Iterator[str]:
    try:
        host = parse_host(name)
    except HostError as error:
        yield error.detail
        return
    if host.name != name:
        yield f"write {host.name}, the form that browsers send"
    elif host.reason and not (suffix and host.reason == "single_label"):
        yield f"{name} can be no company's site ({host.reason})"


@rule("future-date")
def nothing_lies_in_the_future(tree: Tree) -> Iterator[Problem]:
    """Claims are about what has happened. A day's grace for time zones."""
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011
    for company, file in tree.companies.values():
        for where, text in _dates(company):
            if earliest(text) > tomorrow:
                yield file.problem("future-date", f"{text} lies in the future", *where)


def _dates(company: Company) -> Iterator[tuple[Location, str]]:
    def walk(value: object, where: Location) -> Iterator[tuple[Location, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, (*where, key))
        elif isinstance(value, (list, tuple)):
            for at, inner in enumerate(value):
                yield from walk(inner, (*where, at))
        elif isinstance(value, str) and where[-1] in DATE_FIELDS:
            yield where, value

    yield from walk(company.model_dump(), ())


DATE_FIELDS = frozenset(
    {"valid_from", "valid_to", "date", "verified_at", "as_of", "status_as_of", "published_at", "retrieved_at"}
)


@rule("date-order")
def dates_are_in_order(tree: Tree) -> Iterator[Problem]:
    """Nothing ends before it begins."""
    for _, file, where, claim in _all_claims(tree):
        if claim.valid_from and claim.valid_to and surely_before(claim.valid_to, claim.valid_from):
            yield file.problem("date-order", f"ends {claim.valid_to}, begins {claim.valid_from}", *where, "valid_to")
    yield from identifiers.dates_are_in_order(tree)


@rule("evidence")
def evidence_fits_the_sources(tree: Tree) -> Iterator[Problem]:
    """trust.md rule 1: a record, or two independent sources, or a single report."""
    for company, file in tree.companies.values():
        for at, tie in enumerate(company.ties):
            message = _wrong_evidence(company, tie)
            if message:
                yield file.problem("evidence", message, "ties", at, "evidence")


def _wrong_evidence(company: Company, tie: TieClaim) -> str | None:
    sources = [company.sources[key] for key in tie.sources if key in company.sources]
    record = any(source.type == SourceType.GOVERNMENT_RECORD for source in sources)
    publishers = {source.publisher for source in sources}
    if tie.evidence == Evidence.RECORD and not record:
        return "evidence: record needs a source of type government_record"
    if tie.evidence == Evidence.CORROBORATED and len(publishers) < 2:
        return "evidence: corroborated needs sources of two publishers; with one it is a single_report"
    if tie.evidence == Evidence.SINGLE_REPORT and (record or len(publishers) > 1):
        return "evidence: single_report has one publisher and no government record; this has more"
    if tie.evidence != Evidence.RECORD and tie.awards:
        return "a tie that lists awards has evidence: record and the award record among its sources"
    return None


@rule("dataset-use")
def datasets_support_domains_and_owners_only(tree: Tree) -> Iterator[Problem]:
    """A dataset never supports a tie or a note (trust.md)."""
    for company, file in tree.companies.values():
        for name, at, claim in claims(company):
            for position, key in enumerate(claim.sources):
                source = company.sources.get(key)
                if name in ("ties", "notes") and source and source.type == SourceType.DATASET:
                    message = f"{key} is a dataset: it supports domains and owners only"
                    yield file.problem("dataset-use", message, name, at, "sources", position)


@rule("reseller-party")
def third_parties_fit_the_kind(tree: Tree) -> Iterator[Problem]:
    """`via` belongs to kinds that have a third party."""
    direct = (TieKind.PRIME_CONTRACT, TieKind.GRANT)
    for company, file in tree.companies.values():
        for at, tie in enumerate(company.ties):
            if tie.kind in direct and (tie.via or tie.via_name):
                yield file.problem("reseller-party", f"a {tie.kind} goes through nobody: see kind", "ties", at)


rule("identifier-form")(identifiers.codes_have_their_form)
rule("identifier-source")(identifiers.sources_are_records)
rule("identifier-unique")(identifiers.identifiers_are_unique)
rule("redirect-reused")(redirects.retired_ids_are_not_used)
rule("redirect-target")(redirects.redirects_lead_to_companies)
