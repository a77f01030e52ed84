"""All settings, from the environment (`GOVTIES_*`) or a `.env` file; documented in docs/settings.md.

Built once in `main.create_app` or `cli.py` and passed on; nothing reads it at import time.
"""

import ipaddress
from pathlib import Path
from typing import Annotated

import limits
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import AppError

ROOT = Path(__file__).resolve().parent.parent


def _address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or text.endswith("/"):
        raise ValueError("give an address such as https://govties.example, without a slash at the end")
    return text


def _database(text: str) -> str:
    for short in ("postgresql://", "postgres://"):
        if text.startswith(short):
            text = "postgresql+psycopg://" + text.removeprefix(short)
    try:
        url = make_url(text)
    except ArgumentError:
        url = URL.create("unknown")
    if url.drivername not in ("postgresql+psycopg", "sqlite") or (url.drivername == "sqlite" and not url.database):
        raise ValueError("give sqlite:////path/to/file.db or postgresql://user:password@host:5432/name")
    return text


def _replica(text: str, info: ValidationInfo) -> str:
    text, primary = _database(text), info.data.get("database_url")
    if text.startswith("sqlite") or not primary or primary.startswith("sqlite"):
        raise ValueError("a replica is one of PostgreSQL: give GOVTIES_DATABASE_URL of its primary too")
    return text


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("give redis://host:6379/0, rediss:// for TLS, or unix:// for a socket")
    return text


def _limit(text: str) -> str:
    try:
        limits.parse(text)
    except ValueError:
        raise ValueError("give a number and a span, such as 60/minute or 10/hour") from None
    return text


def _networks(text: str) -> str:
    for part in _parts(text):
        try:
            ipaddress.ip_network(part)
        except ValueError:
            raise ValueError(f"{part} is no address and no network: give such as 10.0.0.0/8, 192.0.2.7") from None
    return text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


Limit = Annotated[str, AfterValidator(_limit)]


class Settings(BaseSettings):
    """Settings of one process."""

    model_config = SettingsConfigDict(env_prefix="GOVTIES_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    data_dir: Path = Field(Path("var"), description="Where the service keeps its own files.")
    seed_dir: Path = Field(ROOT / "seed", description="The curated data that `govties seed` reads.")
    database_url: Annotated[str, AfterValidator(_database)] | None = Field(
        None,
        description="SQLAlchemy address; SQLite or PostgreSQL (psycopg). Without it: SQLite in the data dir.",
    )
    redis_url: Annotated[str, AfterValidator(_redis)] | None = Field(
        None, description="Shared cache (Redis or Valkey). Without it: in process only."
    )
    base_url: Annotated[str, AfterValidator(_address)] | None = Field(
        None, description="The public address, written into the extension. Without it: http://HOST:PORT."
    )
    contact: str | None = Field(
        None,
        description="Where corrections are asked for: an https or mailto address, shown on every page. "
        "Without it pages offer the form.",
    )
    cache_entries: int = Field(
        10_000, ge=0, description="Company answers that one process keeps in memory, and parts of as many."
    )
    memo_mib: int = Field(64, ge=0, description="MiB that one process gives to whole replies, the most asked for.")
    redis_timeout: float = Field(0.1, gt=0, description="Seconds to wait for Redis; later is a miss.")
    redis_ttl: int = Field(86_400, gt=0, description="Seconds a cached answer lives in Redis.")
    release_poll: float = Field(1.0, ge=0, description="Seconds between looks for a new release.")
    database_timeout: float = Field(2.0, gt=0, description="Seconds a read may take before it is given up.")
    form_secret: str | None = Field(
        None,
        description="Signs the form for suggestions and what is kept in Redis; the same on all servers. "
        "Without it: a file in the data dir.",
    )
    suggestion_open_days: int = Field(365, ge=1, description="Days after which an undecided suggestion is erased.")
    suggestion_declined_days: int = Field(30, ge=0, description="Days after which a declined suggestion is erased.")
    archive_save_url: Annotated[str, AfterValidator(_address)] = Field(
        "https://web.archive.org/save", description="Where `govties sources archive` asks for a copy."
    )
    archive_key: str | None = Field(
        None, description="The key that the web archive gave, as access:secret. Without it: asked without one."
    )
    replica_url: Annotated[str, AfterValidator(_replica)] | None = Field(
        None, description="A PostgreSQL read replica that the service reads from. Without it: GOVTIES_DATABASE_URL."
    )
    limit_batch: Limit = Field("60/minute", description="Batches that one client may ask for.")
    limit_search: Limit = Field("60/minute", description="Searches that one client may ask for.")
    limit_names: Limit = Field("600/minute", description="Names that one client may ask for while a person types.")
    limit_suggestions: Limit = Field("10/hour", description="Suggestions that one client may send.")
    limit_exports: Limit = Field("20/minute", description="Downloads that one client may ask for.")
    trusted_proxies: Annotated[str, AfterValidator(_networks)] | None = Field(
        None, description="Addresses or networks of proxies whose X-Forwarded-For is believed, with commas between."
    )
    workers: int = Field(
        1, ge=1, le=64, description="Processes that serve. Without Redis each counts the limits alone."
    )
    metrics_host: str = Field("127.0.0.1", description="Address that Prometheus asks.")
    metrics_port: int | None = Field(None, ge=1, le=65535, description="Port that Prometheus asks. Without it: none.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least level that is logged.")

    @property
    def database(self) -> URL:
        """The SQLAlchemy address in force."""
        if self.database_url is None:
            return URL.create("sqlite", database=str(self.data_dir.resolve() / "govties.db"))
        return make_url(self.database_url)

    @property
    def replica(self) -> URL:
        """The SQLAlchemy address that is read from."""
        return self.database if self.replica_url is None else make_url(self.replica_url)

    @property
    def proxies(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """The networks of trusted proxies."""
        return [ipaddress.ip_network(part) for part in _parts(self.trusted_proxies or "")]

    @property
    def address(self) -> str:
        """The public address in force, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"


def load_settings() -> Settings:
    """Read the settings. Raises AppError naming every variable that is wrong and why."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"GOVTIES_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_url=False)
        )
        raise AppError("settings", 500, f"Settings are wrong. {wrong}. See docs/settings.md.") from None
