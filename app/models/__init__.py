"""SQLAlchemy tables, no logic. Importing the package registers all of them."""

from app.models.base import Base, Versioned
from app.models.claim import Amount, Claim, DomainClaim, Note, Ownership, Source, Statement, Tie, TieAward
from app.models.entity import Agency, Company, Research, Stop
from app.models.release import Change, Release, ReleaseFile

__all__ = [
    "Agency",
    "Amount",
    "Base",
    "Change",
    "Claim",
    "Company",
    "DomainClaim",
    "Note",
    "Ownership",
    "Release",
    "ReleaseFile",
    "Research",
    "Source",
    "Statement",
    "Stop",
    "Tie",
    "TieAward",
    "Versioned",
]
