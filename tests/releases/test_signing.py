"""The keys: made once, kept to their owner, rotated without leaving anybody behind."""

import os
import stat
import threading
from pathlib import Path

import pytest

from app.errors import AppError
from app.releases.signing import decode_key, encode_key, has_keys, key_id, load_keys, rotate, verified_by

BODY = b"the signed bytes"


def test_keys_are_made_on_first_start_and_stay(tmp_path: Path) -> None:
    assert not has_keys(tmp_path)
    keys = load_keys(tmp_path)
    assert has_keys(tmp_path)
    assert load_keys(tmp_path).public == keys.public
    assert len(set(keys.public)) == 2


def test_only_their_owner_reads_them(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        load_keys(tmp_path)
    finally:
        os.umask(previous)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {"current.pem": 0o600, "next.pem": 0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_many_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    found: list[tuple[bytes, ...]] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        found.append(load_keys(tmp_path).public)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["current.pem", "next.pem"]


def test_a_signature_is_of_one_key_and_these_bytes(tmp_path: Path) -> None:
    keys = load_keys(tmp_path)
    signature = keys.current.sign(BODY)
    assert verified_by(signature, BODY, keys.public) == keys.public[0]
    assert verified_by(signature, BODY + b" ", keys.public) is None
    assert verified_by(signature, BODY, keys.public[1:]) is None
    assert verified_by(b"short", BODY, keys.public) is None


def test_rotating_lets_the_next_key_sign(tmp_path: Path) -> None:
    before = load_keys(tmp_path)
    after = rotate(tmp_path)
    assert after.public[0] == before.public[1]
    assert after.public[1] not in before.public
    assert load_keys(tmp_path).public == after.public
    assert (tmp_path / "keys" / f"old-{key_id(before.public[0])}.pem").is_file()
    # Who knew both keys before believes what is signed now.
    assert verified_by(after.current.sign(BODY), BODY, before.public)


@pytest.mark.parametrize("content", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_is_named_and_not_replaced(content: bytes, tmp_path: Path) -> None:
    load_keys(tmp_path)
    path = tmp_path / "keys" / "next.pem"
    path.write_bytes(content)
    with pytest.raises(AppError) as caught:
        load_keys(tmp_path)
    assert (caught.value.type, str(path) in caught.value.detail) == ("keys", True)
    assert path.read_bytes() == content


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("in the way")
    with pytest.raises(AppError) as caught:
        load_keys(tmp_path)
    assert str(tmp_path / "keys") in caught.value.detail


def test_public_keys_as_text() -> None:
    assert decode_key(encode_key(b"k" * 32) + "\n") == b"k" * 32
    for wrong in ("", "AAAA", "no base64!", "A" * 44):
        with pytest.raises(AppError):
            decode_key(wrong)
