"""records and releases"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_records"
down_revision = None
branch_labels: Any = None
depends_on: Any = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
CURRENT = sa.text("to_release IS NULL")


def release_column(name: str = "release", **more: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey("release.number"), **more)


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("shrunk", sa.Integer()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("id", sa.String(300), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        release_column("from_release", nullable=False),
        release_column("to_release"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("company", sa.String(80)),
        sa.Column("name", sa.String(300)),
        sa.Column("legal_name", sa.String(300)),
        sa.Column("owner", sa.String(80)),
        sa.Column("agency", sa.String(80)),
        sa.Column("kind", sa.String(30)),
        sa.Column("valid_to", sa.String(10)),
        sa.Column("retracted", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_record_id", "record", ["type", "id"])
    op.create_index("ix_record_company", "record", ["company", "type"])
    for column in ("owner", "agency", "name"):
        op.create_index(f"ix_record_{column}", "record", [column])
    unique: dict[str, Any] = {"unique": True, "sqlite_where": CURRENT, "postgresql_where": CURRENT}
    op.create_index("uq_record_current", "record", ["type", "id"], **unique)
    op.create_table(
        "tie_award",
        sa.Column("record_row", sa.Integer(), sa.ForeignKey("record.row"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(200), nullable=False),
    )
    op.create_index("ix_tie_award_key", "tie_award", ["key"])
    op.create_table(
        "release_file",
        release_column(primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("from_release", sa.Integer()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("br", sa.LargeBinary()),
        sa.Column("gzip", sa.LargeBinary()),
    )
    op.create_table(
        "manifest",
        release_column(primary_key=True, autoincrement=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "step",
        release_column(primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "change",
        sa.Column("cursor", sa.Integer(), primary_key=True, autoincrement=False),
        release_column(nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("claim", sa.String(300), nullable=False),
        sa.Column("company", sa.String(80)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("before_row", sa.Integer(), sa.ForeignKey("record.row")),
        sa.Column("after_row", sa.Integer(), sa.ForeignKey("record.row")),
        sa.Column("note", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_change_release", "change", ["release"])
    op.create_index("ix_change_kind", "change", ["kind"])


def downgrade() -> None:
    for table in ("change", "step", "manifest", "release_file", "tie_award", "record", "release"):
        op.drop_table(table)
