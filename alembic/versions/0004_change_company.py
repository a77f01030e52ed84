"""the log of one company"""

from typing import Any

from alembic import op

revision = "0004_change_company"
down_revision = "0003_suggestions"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    op.create_index("ix_change_company", "change", ["company", "cursor"])


def downgrade() -> None:
    op.drop_index("ix_change_company", "change")
