"""The claims of a tree with their places, and the ids by which the world knows them."""

from collections.abc import Iterator

from app.seeding.reader import Location, SourceFile, Tree
from app.seeding.record import Claim, Company, DomainClaim, OwnershipClaim


def claims(company: Company) -> Iterator[tuple[str, int, Claim]]:
    """Every claim of a company with its place: the field and the position in it."""
    fields = (("domains", company.domains), ("owners", company.owners), ("ties", company.ties))
    for name, listed in (*fields, ("notes", company.notes)):
        for at, claim in enumerate(listed):
            yield name, at, claim


def all_claims(tree: Tree) -> Iterator[tuple[Company, SourceFile, Location, Claim]]:
    """Every claim of every company: the company, its file, the claim's place in it."""
    for company, file in tree.companies.values():
        for name, at, claim in claims(company):
            yield company, file, (name, at), claim


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
