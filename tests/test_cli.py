"""The command line loads a command when it is called, and says in one line what failed."""

import subprocess
import sys

import pytest
from sqlalchemy.exc import OperationalError

from app import cli, failures
from app.errors import AppError

SLOW = ("duckdb", "ruamel", "requests", "app.publishing", "app.seed_cli")


@pytest.mark.parametrize("name", cli.PARTS)
def test_the_list_of_commands_says_what_they_say_of_themselves(name: str) -> None:
    assert cli.command(name).help == cli.PARTS[name][1]


@pytest.mark.parametrize(
    ("module", "unneeded"), [("app.cli", ("sqlalchemy", "fastapi", *SLOW)), ("app.serve_cli", SLOW)]
)
def test_what_a_command_does_not_need_is_not_loaded(module: str, unneeded: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print([name for name in {unneeded} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AppError("port", 500, "Cannot [bold]listen"), "govties: Cannot [bold]listen\n"),
        (OperationalError("SELECT 1", {}, Exception("no disk\nmore")), "govties: the database refused: no disk\n"),
    ],
)
def test_a_failure_is_one_line(error: Exception, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.report(error)
    assert capsys.readouterr().err == said


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    assert not failures.report(KeyError())
