"""What a command that failed says."""

from sqlalchemy.exc import SQLAlchemyError

from app.db import reason
from app.errors import AppError
from app.publishing import BadSeed
from app.seed_cli import show_problems
from app.terminal import err


def report(error: Exception) -> bool:
    """Say in one line what is wrong, or list a seed's problems. Return False, unsaid, for a fault of ours."""
    if isinstance(error, BadSeed):
        show_problems(error.problems)
    elif isinstance(error, AppError):
        err.print(f"govties: {error.detail}", style="bold red", markup=False, highlight=False)
    elif isinstance(error, SQLAlchemyError):
        err.print(f"govties: the database refused: {reason(error)}", style="bold red", markup=False, highlight=False)
    else:
        return False
    return True
