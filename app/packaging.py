"""Packages the extension: an unpacked folder and a reproducible zip for each browser.

There is no build step: the files are copied as they stand, scripts without their comments.
Written in are the merged manifest, the backend's address, the public keys of its releases, and the messages that
service and extension share. Everything is made beside its place and then moved there, so that nobody ever loads a
half-written extension.
"""

import base64
import binascii
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.errors import AppError
from app.settings import ROOT

SOURCE = ROOT / "extension"
BROWSERS = ("chromium", "firefox")
PARTS = ("_locales", "background.js", "icons", "lib", "options", "popup", "ui", "welcome")
TYPES_ONLY = "types.js"
# Comments on lines of their own, and types in mid-line: a third of the download. The code stays as it stands.
COMMENT = re.compile(
    r"^[ \t]*/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*\n|/\*\* @type (?:[^*]|\*(?!/))*\*/ ?|^[ \t]*//.*\n", re.MULTILINE
)
LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".test", ".home.arpa")
# What a zip can say about time begins here; any fixed moment makes the same bytes of the same files.
EPOCH = (1980, 1, 1, 0, 0, 0)


def build(backend: str, out: Path, version: str, keys: Sequence[str]) -> list[Path]:
    """Write `out/chromium/`, `out/firefox/` and a zip of each; returns their paths.

    `backend` is the address of the service that the extension asks, `keys` the public keys in base64, the current one
    and the next, that it believes; without any it believes nothing. Raises AppError if one of these cannot be used, if
    `version` is none that browsers take, or if `out` cannot be written or holds something else under these names.
    """
    address, number = _backend(backend), _version(version)
    config = _config(address, number, [_key(key) for key in keys])
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".build-", dir=out) as fresh:
            return [
                path for browser in BROWSERS for path in _package(browser, address, number, config, Path(fresh), out)
            ]
    except OSError as error:
        raise _refused(f"The extension cannot be written to {out}: {error.strerror or error}.") from error


def _refused(detail: str) -> AppError:
    return AppError("extension-build", 500, detail)


def _backend(address: str) -> str:
    """The origin of the service. Plain http is for a service that only this machine or its network can name."""
    hint = f"{address[:80]!r} cannot be the extension's backend: "
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(f"{hint}{error}.") from None
    if parts.scheme not in ("https", "http") or not host or not _plain(address.rstrip("/"), parts.netloc):
        raise _refused(f"{hint}give an address such as https://govties.example, without a path.")
    if parts.scheme == "http" and not _is_local(host):
        raise _refused(f"{hint}its data would travel unprotected. Use https.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _plain(address: str, netloc: str) -> bool:
    """Whether nothing but scheme, host and port is there, in characters that a manifest's CSP can hold."""
    return address.endswith(f"//{netloc}") and re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", netloc) is not None


def _is_local(host: str) -> bool:
    if "." not in host or host.endswith(LOCAL_NAMES):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _version(version: str) -> str:
    """Browsers take one to four numbers; what Python adds for pre-releases is left out."""
    match = re.fullmatch(r"(\d{1,5}(?:\.\d{1,5}){0,3})(?:[.+-]?[a-z].*)?", version)
    if not match:
        raise _refused(f"{version[:40]!r} is no version that browsers take; use one to four numbers with dots.")
    return match[1]


def _key(text: str) -> str:
    """A browser that meets a key it cannot read checks no signature at all: it is found here."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise _refused(f"{text[:60]!r} is no public key: 32 bytes in base64 are needed.")
    return text


def _package(browser: str, backend: str, version: str, config: str, fresh: Path, out: Path) -> list[Path]:
    folder, archive = fresh / browser, fresh / f"govties-{browser}.zip"
    _fill(folder, manifest(browser, backend, version), config)
    _zip(folder, archive)
    return [_swap(folder, out / folder.name, fresh), _swap(archive, out / archive.name, fresh)]


def _fill(folder: Path, merged: dict[str, Any], config: str) -> None:
    folder.mkdir()
    for part in PARTS:
        source = SOURCE / part
        if source.is_dir():
            shutil.copytree(source, folder / part, copy_function=_copy, ignore=shutil.ignore_patterns(TYPES_ONLY))
        else:
            _copy(source, folder / part)
    (folder / "messages").mkdir()
    for lang in ("en", "es"):
        words = files("app.messages").joinpath(f"{lang}.json").read_bytes()
        (folder / "messages" / f"{lang}.json").write_bytes(words)
    _write(folder / "config.js", config)
    _write(folder / "manifest.json", json.dumps(merged, indent=2) + "\n")


def _copy(source: str | Path, target: str | Path) -> None:
    """A file as it stands; a script without its comments."""
    if Path(source).suffix == ".js":
        _write(Path(target), COMMENT.sub("", Path(source).read_text("utf-8")))
    else:
        shutil.copyfile(source, target)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def _config(backend: str, version: str, keys: list[str]) -> str:
    return (
        "// Written by `govties extension build`.\n"
        f"export const BACKEND = {json.dumps(backend)};\n"
        f"export const BUILD = {json.dumps(version)};\n"
        f"export const KEYS = {json.dumps(keys)};\n"
    )


def manifest(browser: str, backend: str, version: str) -> dict[str, Any]:
    """The manifest for one browser: the base, the browser's own members, version and security policy.

    Firefox gets a permission for the service's host, and for nothing else: without it Firefox tells the service, in
    the Origin of each download, a number that it made for this one installation. Chromium names the extension alone.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {backend}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    base, overlay = (json.loads((SOURCE / f"manifest.{name}.json").read_text("utf-8")) for name in ("base", browser))
    action = base["action"] | overlay.get("action", {})
    policies = {"extension_pages": policy}
    merged = {**base, **overlay, "action": action, "version": version, "content_security_policy": policies}
    if browser == "firefox":
        merged["host_permissions"] = [f"{_without_port(backend)}/*"]
    return merged


def _without_port(backend: str) -> str:
    """Firefox ignores permissions that contain a port."""
    return re.sub(r":\d+$", "", backend)


def _zip(folder: Path, archive: Path) -> None:
    """A zip whose bytes depend on names and contents alone."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            bundle.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _swap(fresh: Path, place: Path, trash: Path) -> Path:
    """Put a finished file or folder in its place; what stood there goes with the temporary folder."""
    if place.is_dir():
        if not (place / "manifest.json").is_file() and any(place.iterdir()):
            raise _refused(f"{place} is there and is no extension; move it away or choose another folder.")
        place.rename(trash / f"old-{place.name}")
    fresh.replace(place)
    return place
