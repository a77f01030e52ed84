"""The key that signs the form for suggestions."""

from pathlib import Path

import pytest

from app.errors import AppError
from app.inbox.form import form_key


def test_without_a_setting_it_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    key = form_key(None, tmp_path / "var")
    assert (len(key), form_key(None, tmp_path / "var")) == (32, key)
    assert (tmp_path / "var" / "form.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["form.key"]


def test_a_setting_makes_it_the_same_on_all_servers(tmp_path: Path) -> None:
    assert form_key("a secret", tmp_path / "one") == form_key("a secret", tmp_path / "two") != form_key("b", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "form.key").write_bytes(b"short")
    with pytest.raises(AppError, match="remove it"):
        form_key(None, tmp_path)
    (tmp_path / "form.key").unlink()
    (tmp_path / "form.key").mkdir()
    with pytest.raises(AppError, match="GOVTIES_FORM_SECRET"):
        form_key(None, tmp_path)
