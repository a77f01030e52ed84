"""The declarative base, and what it means that a row is valid from a release to a release."""

from sqlalchemy import JSON, ForeignKey, Index, Integer, MetaData, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# none_as_null: a missing value is SQL NULL, not the JSON text null.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)


class Versioned:
    """A projection row: part of every release n with from_release <= n < to_release (none = still current).

    A row is never changed: an edit closes it and opens another, so a reader that pins a release number sees
    exactly that release. `digest` is the hash of the record, by which an edit is noticed.
    """

    row: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    from_release: Mapped[int] = mapped_column(ForeignKey("release.number"))
    to_release: Mapped[int | None] = mapped_column(ForeignKey("release.number"), default=None)


def one_current(table: str) -> tuple[Index, Index]:
    """Indexes of a versioned table: quick by id, and at most one current row an id."""
    current = text("to_release IS NULL")
    return (
        Index(f"ix_{table}_id", "id"),
        Index(f"uq_{table}_current", "id", unique=True, sqlite_where=current, postgresql_where=current),
    )
