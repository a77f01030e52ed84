"""The key that signs the form for suggestions, and what is derived from it."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.errors import AppError
from app.inbox.form import form_key
from app.settings import Settings
from app.web.current import _cache_secret
from tests.conftest import make_settings
from tests.web.reading import page


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


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


@pytest.mark.stack
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # whose files are not those of this process
def test_on_a_full_disk_the_form_says_when_to_come_back_and_leaves_nothing(
    client: TestClient, settings: Settings
) -> None:
    with full_disk():
        answer = client.get("/suggest")
        page(client, "/suggest", status=503)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/form-key")
    assert answer.headers["retry-after"] == "60"
    assert str(settings.data_dir) not in answer.text
    assert list(settings.data_dir.glob("*form.key*")) == []
    assert "<form" in page(client, "/suggest")


def test_what_lies_in_redis_has_a_secret_of_its_own_that_servers_share(tmp_path: Path) -> None:
    one, two = (make_settings(tmp_path / name, form_secret="a secret") for name in ("one", "two"))
    assert _cache_secret(one) == _cache_secret(two) != form_key("a secret", tmp_path)
    alone = make_settings(tmp_path / "three")
    assert _cache_secret(alone) == _cache_secret(alone) != _cache_secret(one)


def test_without_a_key_a_server_starts_and_shares_nothing(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("no folder")
    assert _cache_secret(make_settings(tmp_path)) is None
