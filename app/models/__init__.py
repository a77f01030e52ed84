"""SQLAlchemy tables, no logic. Importing the package registers all of them."""

from app.models.award import Award, AwardFile, AwardRollup, AwardYear
from app.models.base import Base
from app.models.record import Record, TieAward
from app.models.release import Change, Manifest, Release, ReleaseFile, Step
from app.models.suggestion import Suggestion

__all__ = [
    "Award",
    "AwardFile",
    "AwardRollup",
    "AwardYear",
    "Base",
    "Change",
    "Manifest",
    "Record",
    "Release",
    "ReleaseFile",
    "Step",
    "Suggestion",
    "TieAward",
]
