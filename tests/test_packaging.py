"""The packaged extension: what is in it, that it is the same twice, and that nothing half-written is left."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app import packaging
from app.errors import AppError
from app.packaging import build
from app.settings import ROOT
from tests.vectors.keys import public_key

BACKEND = "https://govties.example"
KEYS = [public_key("current"), public_key("next")]
# A reviewer can read this much, and a slow line loads it in a moment.
MAX_ZIP = 60 * 1024
NAMES = ["chromium", "firefox", "govties-chromium.zip", "govties-firefox.zip"]


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("extension")
    assert sorted(path.name for path in build(BACKEND, out, "1.2.3", KEYS)) == NAMES
    return out


def manifest(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return loaded


def test_chromium_asks_for_no_host_and_nothing_else(packaged: Path) -> None:
    found = manifest(packaged / "chromium")
    assert found["permissions"] == ["declarativeContent", "activeTab", "storage", "alarms"]
    others = {"host_permissions", "optional_permissions", "optional_host_permissions", "content_scripts"}
    assert not others & set(found)
    assert not {"web_accessible_resources", "externally_connectable"} & set(found)
    assert found["background"] == {"service_worker": "background.js", "type": "module"}
    assert set(found["action"]) == {"default_title", "default_popup", "default_icon"}


def test_firefox_collects_nothing(packaged: Path) -> None:
    found = manifest(packaged / "firefox")
    assert found["permissions"] == ["activeTab", "storage", "alarms"]
    assert found["optional_permissions"] == ["tabs"]
    others = {"optional_host_permissions", "content_scripts", "web_accessible_resources", "externally_connectable"}
    assert not others & set(found)
    assert found["browser_specific_settings"]["gecko"]["data_collection_permissions"] == {"required": ["none"]}


def test_firefox_shows_the_icon_in_the_toolbar_and_runs_on_phones(packaged: Path) -> None:
    """142 is the first Firefox for Android that reads what an extension says about the data it collects."""
    base, found = manifest(packaged / "chromium"), manifest(packaged / "firefox")
    assert found["action"] == base["action"] | {"default_area": "navbar"}
    assert found["browser_specific_settings"]["gecko_android"] == {"strict_min_version": "142.0"}


@pytest.mark.parametrize(
    ("backend", "permission"),
    [
        ("https://govties.example", "https://govties.example/*"),
        ("http://127.0.0.1:8000", "http://127.0.0.1/*"),
        ("http://[::1]:8000", "http://[::1]/*"),
    ],
)
def test_firefox_may_ask_the_service_without_naming_itself(backend: str, permission: str) -> None:
    assert packaging.manifest("firefox", backend, "1.0")["host_permissions"] == [permission]


@pytest.mark.parametrize("browser", packaging.BROWSERS)
def test_backend_and_version_are_written_in(packaged: Path, browser: str) -> None:
    found, config = manifest(packaged / browser), (packaged / browser / "config.js").read_text("utf-8")
    policy = found["content_security_policy"]["extension_pages"]
    assert found["version"] == "1.2.3"
    assert policy.startswith("default-src 'none'; ")
    assert f"connect-src 'self' {BACKEND};" in policy
    assert 'BACKEND = "https://govties.example"' in config
    assert 'BUILD = "1.2.3"' in config
    assert f"KEYS = {json.dumps(KEYS)}" in config


@pytest.mark.parametrize(
    "key", ["", "abc", KEYS[0][:-4], KEYS[0] + "AAAA", f" {KEYS[0]}", KEYS[0].replace("=", ""), "é" * 44]
)
def test_a_key_that_is_none(tmp_path: Path, key: str) -> None:
    with pytest.raises(AppError, match="is no public key"):
        build(BACKEND, tmp_path / "out", "1.0", [KEYS[0], key])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("browser", packaging.BROWSERS)
def test_what_is_named_is_there_and_tests_are_not(packaged: Path, browser: str) -> None:
    folder = packaged / browser
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    found = manifest(folder)
    pages = {found["action"]["default_popup"], found["options_ui"]["page"], "welcome/welcome.html"}
    named = {*found["icons"].values(), *pages, "background.js"}
    linked = {
        (folder / page).parent.joinpath(target).resolve().relative_to(folder.resolve()).as_posix()
        for page in pages
        for target in re.findall(r'(?:href|src)="([^"]+)"', (folder / page).read_text("utf-8"))
    }
    imported = {
        (path.parent / target).resolve().relative_to(folder.resolve()).as_posix()
        for path in folder.rglob("*.js")
        for target in re.findall(r'^import .* from "(.+)";$', path.read_text("utf-8"), re.MULTILINE)
    }
    assert len(linked) > 6, "links are found at all"
    assert named | imported | linked | {"messages/en.json", "messages/es.json", "_locales/es/messages.json"} <= files
    assert {name for name in files if name.endswith(".json") and "/" not in name} == {"manifest.json"}
    assert not [name for name in files if "test" in name]


@pytest.mark.parametrize("browser", packaging.BROWSERS)
def test_no_code_writes_markup_or_runs_text(packaged: Path, browser: str) -> None:
    for path in (packaged / browser).rglob("*.js"):
        code = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code), (
            path
        )


@pytest.mark.parametrize("browser", packaging.BROWSERS)
def test_the_zip_holds_the_folder(packaged: Path, browser: str) -> None:
    folder = packaged / browser
    with zipfile.ZipFile(packaged / f"govties-{browser}.zip") as bundle:
        names = bundle.namelist()
        assert names == sorted(names)
        assert {name: bundle.read(name) for name in names} == {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }


@pytest.mark.stack
@pytest.mark.parametrize("browser", packaging.BROWSERS)
def test_only_comments_are_left_out_of_the_code(packaged: Path, browser: str) -> None:
    script = ROOT / "extension" / "tests" / "same_code.mjs"
    command = ["node", str(script), str(packaged / browser)]
    assert int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) > 30


@pytest.mark.stack
def test_changed_code_would_be_seen(packaged: Path, tmp_path: Path) -> None:
    shutil.copytree(packaged / "chromium", tmp_path / "spoilt")
    badge = tmp_path / "spoilt" / "lib" / "badge.js"
    badge.write_text(badge.read_text("utf-8").replace("kept.length", "kept.size", 1), "utf-8")
    script = ROOT / "extension" / "tests" / "same_code.mjs"
    found = subprocess.run(["node", script, tmp_path / "spoilt"], capture_output=True, text=True)
    assert found.returncode == 1
    assert "lib/badge.js" in found.stderr


@pytest.mark.parametrize("browser", packaging.BROWSERS)
def test_the_zip_is_small(packaged: Path, browser: str) -> None:
    assert (packaged / f"govties-{browser}.zip").stat().st_size < MAX_ZIP


@pytest.mark.parametrize("browser", packaging.BROWSERS)
def test_pages_bring_no_code_or_style_of_their_own(packaged: Path, browser: str) -> None:
    pages = list((packaged / browser).rglob("*.html"))
    assert len(pages) == 3
    for path in pages:
        assert not re.search(r"<style|style=|<script(?![^>]* src=)|\son\w+=|https?:", path.read_text("utf-8")), path


def test_the_same_bytes_twice(packaged: Path, tmp_path: Path) -> None:
    build(BACKEND, tmp_path, "1.2.3", KEYS)
    for name in NAMES[2:]:
        assert (tmp_path / name).read_bytes() == (packaged / name).read_bytes()


def test_building_again_leaves_only_the_new(tmp_path: Path) -> None:
    build(BACKEND, tmp_path, "1.0", KEYS)
    (tmp_path / "chromium" / "stale.js").write_text("old")
    build("http://127.0.0.1:8000/", tmp_path, "1.1", KEYS)
    assert not (tmp_path / "chromium" / "stale.js").exists()
    assert manifest(tmp_path / "chromium")["version"] == "1.1"
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES


@pytest.mark.parametrize(
    "backend",
    [
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://[::1]:8000",
        "http://192.168.1.7:8000",
        "http://govties",
        "http://govties.internal",
        "https://govties.example:8443",
    ],
)
def test_good_backends(backend: str, tmp_path: Path) -> None:
    build(backend, tmp_path, "1", KEYS)
    assert backend in (tmp_path / "firefox" / "config.js").read_text("utf-8")


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        ("govties.example", "such as https://govties.example"),
        ("ftp://govties.example", "such as https://govties.example"),
        ("", "such as https://govties.example"),
        ("https://", "such as https://govties.example"),
        ("https://govties.example/path", "without a path"),
        ("https://govties.example?x", "without a path"),
        ("https://user:secret@govties.example", "without a path"),
        ("https://govties.example; script-src *", "without a path"),
        ("https://govties.example:port", "port"),
        ("https://[::1", "IPv6"),
        ("http://govties.example", "Use https"),
        ("http://8.8.8.8.example", "Use https"),
    ],
)
def test_bad_backends(backend: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(AppError, match=re.escape(says)):
        build(backend, tmp_path, "1.0", KEYS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("version", "written"), [("1", "1"), ("0.1.0", "0.1.0"), ("1.2.3.dev4", "1.2.3"), ("2.0rc1", "2.0")]
)
def test_versions(version: str, written: str, tmp_path: Path) -> None:
    build(BACKEND, tmp_path, version, KEYS)
    assert manifest(tmp_path / "chromium")["version"] == written


@pytest.mark.parametrize("version", ["", "v1", "1.2.3.4.5", "123456"])
def test_bad_versions(version: str, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="one to four numbers"):
        build(BACKEND, tmp_path, version, KEYS)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AppError, match="cannot be written"):
        build(BACKEND, tmp_path / "file" / "out", "1.0", KEYS)


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "firefox").mkdir()
    (tmp_path / "firefox" / "profile.ini").write_text("mine")
    with pytest.raises(AppError, match="is no extension"):
        build(BACKEND, tmp_path, "1.0", KEYS)
    assert (tmp_path / "firefox" / "profile.ini").read_text() == "mine"


def test_a_build_that_breaks_off_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(BACKEND, tmp_path, "1.0", KEYS)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packaging, "_zip", full)
    with pytest.raises(AppError, match="No space left"):
        build(BACKEND, tmp_path, "2.0", KEYS)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
