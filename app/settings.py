"""All settings, from the environment (`GOVTIES_*`) or a `.env` file; documented in docs/settings.md.

Built once in `main.create_app` or `cli.py` and passed on; nothing reads it at import time.
"""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import AppError

ROOT = Path(__file__).resolve().parent.parent


def _address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or text.endswith("/"):
        raise ValueError("give an address such as https://govties.example, without a slash at the end")
    return text


class Settings(BaseSettings):
    """Settings of one process."""

    model_config = SettingsConfigDict(env_prefix="GOVTIES_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    data_dir: Path = Field(Path("var"), description="Where the service keeps its own files.")
    seed_dir: Path = Field(ROOT / "seed", description="The curated data that `govties seed` reads.")
    database_url: str | None = Field(
        None,
        description="SQLAlchemy address; SQLite or PostgreSQL (psycopg). Without it: SQLite in the data dir.",
    )
    redis_url: str | None = Field(None, description="Shared cache (Redis or Valkey). Without it: in process only.")
    base_url: Annotated[str, AfterValidator(_address)] | None = Field(
        None, description="The public address, written into the extension. Without it: http://HOST:PORT."
    )
    contact: str | None = Field(
        None, description="Where corrections are asked for: an https or mailto address, shown on every page."
    )
    cache_entries: int = Field(10_000, ge=0, description="Company answers that one process keeps in memory.")
    redis_timeout: float = Field(0.1, gt=0, description="Seconds to wait for Redis; later is a miss.")
    redis_ttl: int = Field(86_400, gt=0, description="Seconds a cached answer lives in Redis.")
    release_poll: float = Field(1.0, ge=0, description="Seconds between looks for a new release.")
    database_timeout: float = Field(2.0, gt=0, description="Seconds a read may take before it is given up.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least level that is logged.")

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.resolve() / 'govties.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def address(self) -> str:
        """The public address in force, without a slash at the end."""
        return self.base_url or f"http://{self.host}:{self.port}"


def load_settings() -> Settings:
    """Read the settings. Raises AppError naming every variable that is wrong and why."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"GOVTIES_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_url=False)
        )
        raise AppError("settings", 500, f"Settings are wrong. {wrong}. See docs/settings.md.") from None
