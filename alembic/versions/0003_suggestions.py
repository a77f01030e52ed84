"""suggestions"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003_suggestions"
down_revision = "0002_awards"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("company", sa.String(80)),
        sa.Column("domain", sa.String(253)),
        sa.Column("tie", sa.String(300)),
        sa.Column("text", sa.Text()),
        sa.Column("source_url", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision", sa.Text()),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_suggestion_state", "suggestion", ["state", "created_at"])


def downgrade() -> None:
    op.drop_table("suggestion")
