"""`govties release`: look at releases, compare them, go back to one, sign, verify."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.db import Database
from app.errors import AppError, NotFound
from app.models import Release
from app.publishing import require_clock, roll_back
from app.queries import releases as query
from app.queries.read import iso
from app.queries.releases import ChangeOut, net_changes
from app.releases import verify
from app.releases.downloads import content_of
from app.releases.renewal import renew
from app.releases.signing import decode_key, has_keys, load_keys, rotate
from app.render.feed import differences, title_of
from app.settings import Settings, load_settings
from app.terminal import announce, progress, show

release_cli = typer.Typer(no_args_is_help=True, help="Releases: list, compare, roll back, sign, verify.")
Number = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="The number of a release.")]


@contextmanager
def _opened() -> Iterator[tuple[Settings, Database]]:
    settings = load_settings()
    database = Database(settings)
    try:
        yield settings, database
    finally:
        database.close()


@release_cli.command("list")
def list_releases() -> None:
    """All releases, the newest first."""
    with _opened() as (_, database), database.read() as session:
        found = query.releases(session)
    if not found:
        show("No release has been published yet.")
        return
    show(f"{'release':>7}  {'published':<20}  {'companies':>9}  {'domains':>9}  {'ties':>9}  note")
    for row in found:
        counts = "".join(f"  {row.counts.get(name, 0):>9,}" for name in ("companies", "domains", "ties"))
        note = "; ".join(filter(None, ["withdrawn" if row.withdrawn else "", row.note]))
        show(f"{row.number:>7}  {iso(row.published_at):<20}{counts}  {note}".rstrip())


@release_cli.command("show")
def show_release(number: Number) -> None:
    """One release: counts, hashes, files, and what it changed."""
    with _opened() as (_, database), database.read() as session:
        row = _existing(session.get(Release, number), number)
        files, manifest = query.release_files(session, number), query.manifest(session, number)
        changes = query.changes(session, release=number, up_to=number, limit=200)
        session.expunge_all()
    show(f"Release {number}, published {iso(row.published_at)}{', withdrawn' if row.withdrawn else ''}")
    show(f"  {', '.join(f'{value:,} {name}' for name, value in sorted(row.counts.items()))}")
    show(f"  content {row.content_hash}")
    if manifest:
        show(f"  signed {iso(manifest.issued_at)} with {manifest.key_id}, expires {iso(manifest.expires_at)}")
    for file in files:
        gone = "" if not row.withdrawn else " (withdrawn)"
        show(f"  {file.name:<16} {file.size:>12,} bytes  sha256 {file.sha256}{gone}")
    _show_changes(changes)


@release_cli.command("diff")
def diff(old: Number, new: Number) -> None:
    """What changed from one release to another."""
    with _opened() as (_, database), database.read() as session:
        for number in (old, new):
            _existing(session.get(Release, number), number)
        changes = net_changes(session, old, new)
    _show_changes(changes)
    show(f"{len(changes)} records differ between release {old} and release {new}.")


def _existing(row: Release | None, number: int) -> Release:
    if row is None:
        raise NotFound("release", str(number))
    return row


def _show_changes(changes: list[ChangeOut]) -> None:
    for change in changes:
        show(f"{change.kind:>10}  {change.type} {change.claim}: {title_of(change)}")
        if change.note:
            show(f"{'':>12}{change.note}")
        for name, before, after in differences(change):
            show(f"{'':>12}{name}: {before or '–'} → {after or '–'}")


@release_cli.command("rollback")
def rollback(number: Number) -> None:
    """Publish the content of an old release again, as a new one. What was retracted since stays retracted."""
    with _opened() as (settings, database), progress() as say:
        done = roll_back(database, number, load_keys(settings.data_dir), say)
        announce(settings, done.release)
    if done.changes:
        show(f"Release {done.release} published: the content of release {number} again, {done.changes} changes.")
    else:
        show(f"Nothing changed: release {done.release} has this content.")


@release_cli.command("renew")
def renew_manifest() -> None:
    """Sign the current release afresh: same files, later expiry. A running service does this by itself every day."""
    with _opened() as (settings, database):
        number = renew(database, load_keys(settings.data_dir), force=True)
        if number is None:
            raise AppError("unavailable", 503, "No release has been published yet: run `govties seed apply`.")
        announce(settings, number)
    show(f"Release {number} is signed afresh.")


@release_cli.command("rotate")
def rotate_keys() -> None:
    """Let the next signing key sign from now on, and make a new next one. Package the extension anew afterwards."""
    with _opened() as (settings, database):
        require_clock(database)  # or the keys would be rotated, and the release not signed with the new one
        keys = rotate(settings.data_dir)
        number = renew(database, keys, force=True)
        if number is not None:
            announce(settings, number)
    for described in keys.described():
        show(f"{described['use']:>8}  {described['key_id']}  {described['public_key']}")
    show("Now run `govties extension build`, so that new extensions know both keys.")


@release_cli.command("verify")
def verify_file(
    file: Annotated[Path, typer.Argument(help="A manifest (release.json), or a file of its release.")],
    manifest: Annotated[
        Path | None, typer.Option(help="The manifest; without it release.json beside the file.")
    ] = None,
    signature: Annotated[
        Path | None, typer.Option(help="The signature; without it release.sig beside the manifest.")
    ] = None,
    key: Annotated[list[str] | None, typer.Option(help="A public key to trust; without it this service's own.")] = None,
) -> None:
    """Verify a manifest, a snapshot, a delta or a download: signature, expiry, size, hash, content."""
    listed = manifest or (file if file.name == "release.json" else file.with_name("release.json"))
    signed = _bytes(listed)
    told = _bytes(signature or listed.with_name("release.sig"))
    release = verify.check_manifest(signed, told, _trusted(key), None, datetime.now(UTC))
    if file.resolve() != listed.resolve():
        _verify_file(release, file)
    show(f"{file} is release {release.version}, signed, valid until {iso(release.expires_at)}.")


def _verify_file(release: verify.Release, file: Path) -> None:
    if not file.is_file():
        raise AppError("file", 422, f"{file} cannot be read (No such file).")
    named = {one.url.rpartition("/")[2]: one for one in release.files}
    if file.name in named and named[file.name].role == "snapshot":
        verify.check_snapshot(release, _bytes(file))
    elif file.name in named:
        verify.check_bytes(named[file.name], _bytes(file))
    elif content_of(file) != release.content_hash:
        detail = f"{file} does not hold the content of release {release.version}."
        raise verify.Untrusted("hash", detail)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AppError("file", 422, f"{path} cannot be read ({error.strerror or error}).") from None


def _trusted(given: list[str] | None) -> tuple[bytes, ...]:
    if given:
        return tuple(map(decode_key, given))
    data_dir = load_settings().data_dir
    if not has_keys(data_dir):
        raise AppError("key", 422, "Name a public key to trust with --key; this machine has no signing keys.")
    return load_keys(data_dir).public


@release_cli.command("keys")
def show_keys() -> None:
    """The public keys of this service, made if there are none yet."""
    for described in load_keys(load_settings().data_dir).described():
        show(f"{described['use']:>8}  {described['key_id']}  {described['public_key']}")
