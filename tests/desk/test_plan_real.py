"""The plan against brute force over every name of the real seed, after random edits of it."""

import random
import shutil
from pathlib import Path

import pytest
from ruamel.yaml.comments import CommentedMap

from app.db import Database
from app.seeding.formatting import dumped, yaml_form
from app.settings import ROOT
from tests.conftest import make_settings
from tests.desk.test_plan import RETRACTED, compared
from tests.keys import publish

pytestmark = pytest.mark.slow


class Real:
    """A copy of the real seed and edits of it by chance, each of which keeps it sound."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = Path(shutil.copytree(ROOT / "seed", folder / "seed"))
        self._chance = random.Random(number)
        self._files = sorted(self.folder.glob("companies/*.yml"))

    def write(self) -> Path:
        return self.folder

    def edit(self) -> str:
        """Change one record of a company picked by chance; returns what was done."""
        path = self._chance.choice(self._files)
        form = yaml_form()
        record: CommentedMap = form.load(path.read_text("utf-8"))
        fields = [name for name in ("name", "domains", "owners", "ties", "ties") if name in record]
        field = self._chance.choice(fields)
        if field == "name":
            record["name"] += " Group"
        else:
            self._claim(field, self._chance.choice(record[field]))
        path.write_text(dumped(form, record), "utf-8")
        return f"{path.stem} {field}"

    def _claim(self, field: str, claim: CommentedMap) -> None:
        if field == "domains":
            claim["valid_to"] = "2026-11"
        elif field == "owners":
            claim["kind"] = "minority"
        elif self._chance.random() < 0.3:
            claim.update(RETRACTED)
        else:
            claim["status"] = "ended"


def test_the_plan_equals_brute_force_over_every_name_of_the_real_seed(tmp_path: Path) -> None:
    real = Real(tmp_path, 1)
    database = Database(make_settings(tmp_path))
    database.migrate()
    publish(database, real.folder)
    changed = 0
    for edits in (1, 2, 5, 12):
        done = [real.edit() for _ in range(edits)]
        try:
            changed += len(compared(database, real).badges)
        except AssertionError as error:
            raise AssertionError(f"after {done}") from error
    assert changed > 0
