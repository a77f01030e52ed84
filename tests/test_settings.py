"""Settings: where they come from, and wrong values named with their variable (their table: test_docs.py)."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.errors import AppError
from app.settings import ROOT, Settings, load_settings
from tests.conftest import make_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of this machine, and no .env file."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GOVTIES_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_every_setting_can_be_given_and_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8000, Path("var"))
    assert str(settings.database) == f"sqlite:///{tmp_path / 'var' / 'govties.db'}"
    assert settings.address == "http://127.0.0.1:8000"
    assert settings.seed_dir == ROOT / "seed"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_is_accepted(scheme: str, tmp_path: Path) -> None:
    rest = "://me:pass@db.example:5433/govties?sslmode=require"
    address = make_settings(tmp_path, database_url=scheme + rest).database
    assert address.render_as_string(hide_password=False) == "postgresql+psycopg" + rest


def test_another_address_is_taken_as_it_is(tmp_path: Path) -> None:
    assert str(make_settings(tmp_path, database_url="sqlite:///x.db").database) == "sqlite:///x.db"


def test_the_public_address_wins(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, base_url="https://govties.example", port=9000)
    assert settings.address == "https://govties.example"
    assert make_settings(tmp_path, host="::1", port=9000).port == 9000


WRONG = [
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "http"),
    ("PORT", ""),
    ("BASE_URL", "govties.example"),
    ("BASE_URL", "https://govties.example/"),
    ("CACHE_ENTRIES", "-1"),
    ("REDIS_TIMEOUT", "0"),
    ("REDIS_TIMEOUT", "soon"),
    ("REDIS_TTL", "0"),
    ("RELEASE_POLL", "-1"),
    ("DATABASE_TIMEOUT", "0"),
    ("LOG_LEVEL", "loud"),
    ("LOG_LEVEL", "info\n"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_with_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GOVTIES_{name}", value)
    with pytest.raises(AppError) as caught:
        load_settings()
    assert f"GOVTIES_{name}: " in caught.value.detail
    assert "docs/settings.md" in caught.value.detail


def test_all_wrong_values_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PORT", "x"), ("LOG_LEVEL", "loud"), ("REDIS_TTL", "0")):
        monkeypatch.setenv(f"GOVTIES_{name}", value)
    with pytest.raises(AppError) as caught:
        load_settings()
    assert re.findall(r"GOVTIES_\w+", caught.value.detail) == ["GOVTIES_PORT", "GOVTIES_REDIS_TTL", "GOVTIES_LOG_LEVEL"]


def test_a_password_in_an_address_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVTIES_DATABASE_URL", "postgresql://me:hidden-word@db.example/x")
    monkeypatch.setenv("GOVTIES_PORT", "x")
    with pytest.raises(AppError) as caught:
        load_settings()
    assert "hidden-word" not in caught.value.detail


def test_an_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("GOVTIES_PORT=9001\nGOVTIES_HOST=0.0.0.0\nOTHER=1\n")
    monkeypatch.setenv("GOVTIES_PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.host) == (9002, "0.0.0.0")


def test_nothing_changes_after_reading(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.parametrize("address", ["garbage", "mysql://x/y", "sqlite://", "postgresql+psycopg2://x/y", ""])
def test_a_database_that_cannot_be_used_is_named(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVTIES_DATABASE_URL", address)
    with pytest.raises(AppError, match=r"GOVTIES_DATABASE_URL.*postgresql://"):
        load_settings()


def test_a_cache_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVTIES_REDIS_URL", "garbage")
    with pytest.raises(AppError, match=r"GOVTIES_REDIS_URL.*redis://"):
        load_settings()


def test_odd_folders_and_hosts_stay_what_they_are(tmp_path: Path) -> None:
    odd = tmp_path / "q?x%41 #y"
    assert make_settings(tmp_path, data_dir=odd).database.database == str(odd / "govties.db")
    assert make_settings(tmp_path, host="::1").address == "http://[::1]:8000"
