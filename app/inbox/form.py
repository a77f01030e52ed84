"""The page's form: how it is read, and what keeps machines from sending it, without cookies or a third party.

The form carries a signed moment. Who sends it within seconds waits until a person could have filled it in; who sends
it a day later, or fills the field that no person sees, is told so and asked to send it again.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

from app.errors import AppError

FIELDS = ("kind", "company", "domain", "tie", "text", "source_url")
# A name that machines fill in and no browser does by itself.
TRAP = "website_address_2"
SHOWN = "shown"
LEAST_SECONDS, MOST_SECONDS = 4, 24 * 3600
KEY_BYTES = 32


def form_key(secret: str | None, data_dir: Path) -> bytes:
    """The key that signs forms: of the setting, which several servers share, or of a file made on the first use."""
    if secret:
        return hashlib.sha256(b"govties form\0" + secret.encode()).digest()
    path = data_dir / "form.key"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise _no_key(f"cannot be used ({error.strerror}): set GOVTIES_FORM_SECRET, or mend the folder.") from None
    if len(key) != KEY_BYTES:
        raise _no_key("is damaged: remove it, and a new one is made.")
    return key


def _make_key(path: Path) -> None:
    """Make the file. Whoever is first wins, also among several processes; a full disk leaves nothing behind."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(KEY_BYTES))
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)


def _no_key(what: str) -> AppError:
    # Strangers read this: no path of the machine. The disk may have room again soon, so they may come back.
    return AppError("form-key", 503, f"The file form.key in the data folder {what}", retry_after=60)


def token(key: bytes, now: float) -> str:
    """A token for a form that is shown now."""
    moment = str(int(now))
    return f"{moment}.{_sign(key, moment)}"


def seconds_early(fields: dict[str, str], now: float) -> float:
    """How long a form must wait before it is taken, so that a machine wins nothing by its haste."""
    shown = _shown(fields)
    return 0 if shown is None else min(max(0, shown + LEAST_SECONDS - now), LEAST_SECONDS)


def fault(fields: dict[str, str], key: bytes, now: float) -> Literal["trap", "expired"] | None:
    """Why a form is not taken: its trap is full, or it was not shown by us within a day. None where all is well."""
    if fields.get(TRAP):
        return "trap"
    shown, signature = _shown(fields), fields.get(SHOWN, "").partition(".")[2]
    if shown is None or not hmac.compare_digest(signature.encode(), _sign(key, str(shown)).encode()):
        return "expired"
    return None if 0 <= now - shown <= MOST_SECONDS else "expired"


def _shown(fields: dict[str, str]) -> int | None:
    moment = fields.get(SHOWN, "").partition(".")[0]
    return int(moment) if moment.isascii() and moment.isdigit() and len(moment) <= 12 else None


def _sign(key: bytes, moment: str) -> str:
    digest = hmac.new(key, b"suggestion\0" + moment.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a posted form. Raises AppError where it is none."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise AppError("invalid-body", 422, "This is no form of ours: open /suggest and fill it in there.") from None
    return {name: value.strip() for name, value in pairs}
