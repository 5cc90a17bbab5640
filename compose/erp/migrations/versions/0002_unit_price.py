"""An item's price is that of one piece, and is called so."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Renames it; no price changes."""
    op.alter_column("items", "price_cents", new_column_name="unit_price_cents")


def downgrade() -> None:
    """Its name as before."""
    op.alter_column("items", "unit_price_cents", new_column_name="price_cents")
