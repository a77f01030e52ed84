"""Rules of who controls whom, and of which name is whose."""

from collections.abc import Iterator
from itertools import combinations

from app.domains.names import HostError, parse_host
from app.domains.suffixes import is_public_suffix
from app.lookup.dates import earliest, latest
from app.seeding.claims import all_claims
from app.seeding.graph import in_cycles
from app.seeding.reader import Problem, Tree
from app.seeding.record import Claim, DomainClaim, OwnershipClaim, OwnershipKind
from app.seeding.rules import rule


@rule(
    "owner-cycle",
    why="2: ownership means control, and ties flow over it.",
    mend="End the ownership that is over with valid_to, or mark a minority.",
)
def owners_form_no_cycle(tree: Tree) -> Iterator[Problem]:
    """Today nobody owns itself through others."""
    owners = {
        name: [claim.owner for claim in company.owners if _controls(claim) and claim.valid_to is None]
        for name, (company, _) in tree.companies.items()
    }
    for name in sorted(in_cycles(owners)):
        yield tree.companies[name][1].problem("owner-cycle", f"{name} owns itself through its owners", "owners")


def _controls(claim: OwnershipClaim) -> bool:
    return claim.kind != OwnershipKind.MINORITY and claim.claim_status != "retracted"


@rule(
    "one-owner",
    why="2: ownership means control (over 50 %, or consolidated accounts).",
    mend="End one with valid_to, or mark a stake without control as `kind: minority`.",
)
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


@rule(
    "domain-unique",
    why="A company operates a domain: an answer names one.",
    mend="Keep the name with the company that operates it; end a claim that is over with valid_to.",
)
def domains_are_unique(tree: Tree) -> Iterator[Problem]:
    """A name stands for one company at a time, and is a company's or a platform's, not both."""
    by_name: dict[str, list[tuple[DomainClaim, str]]] = {}
    for _, file, where, claim in all_claims(tree):
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


@rule(
    "domain-form",
    why="A name that no browser sends would never match, and one that many owners share would accuse them all.",
    mend="Write the name as browsers send it; a suffix under which others keep their sites belongs in hosted.yml.",
)
def domains_are_registrable(tree: Tree) -> Iterator[Problem]:
    """A domain is a name that can match: canonical, public, and no suffix that many owners share."""
    for _, file, where, claim in all_claims(tree):
        if isinstance(claim, DomainClaim):
            messages = list(_bad_name(claim.name))
            if not messages and is_public_suffix(claim.name):
                messages = [f"{claim.name} is a public suffix, shared by many owners: it belongs in hosted.yml"]
            for message in messages:
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
