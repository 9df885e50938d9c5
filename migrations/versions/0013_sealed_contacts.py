"""Telephone numbers and emails are sealed, and found by keyed marks.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel import encryption

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_USER = {"phone": "user.phone", "email": "user.email"}


def _type() -> str:
    return "BYTEA" if op.get_bind().dialect.name == "postgresql" else "BLOB"


def upgrade() -> None:
    bind = op.get_bind()
    for name, where in _USER.items():
        op.execute(f'ALTER TABLE "user" ADD COLUMN {name}_sealed {_type()}')
        op.execute(f'ALTER TABLE "user" ADD COLUMN {name}_mark TEXT')
        op.create_index(f"ix_user_{name}_mark", "user", [f"{name}_mark"])
        change = sa.text(f'UPDATE "user" SET {name}_sealed = :sealed, {name}_mark = :mark WHERE id = :id')
        for id, value in bind.execute(sa.text(f'SELECT id, {name} FROM "user" WHERE {name} IS NOT NULL')).all():
            bind.execute(
                change,
                {"id": id, "sealed": encryption.encrypt(value, where), "mark": encryption.blind_index(value, name)},
            )
        op.drop_index(f"ix_user_{name}", "user")
        op.execute(f'ALTER TABLE "user" DROP COLUMN {name}')
    op.execute(f"ALTER TABLE guardian ADD COLUMN contact_sealed {_type()}")
    change = sa.text("UPDATE guardian SET contact_sealed = :sealed WHERE id = :id")
    for id, value in bind.execute(sa.text("SELECT id, contact FROM guardian WHERE contact <> ''")).all():
        bind.execute(change, {"id": id, "sealed": encryption.encrypt(value, "guardian.contact")})
    op.execute("ALTER TABLE guardian DROP COLUMN contact")


def downgrade() -> None:
    bind = op.get_bind()
    op.execute("ALTER TABLE guardian ADD COLUMN contact TEXT DEFAULT '' NOT NULL")
    rows = bind.execute(sa.text("SELECT id, contact_sealed FROM guardian WHERE contact_sealed IS NOT NULL")).all()
    for id, sealed in rows:
        value = encryption.decrypt(bytes(sealed), "guardian.contact")
        bind.execute(sa.text("UPDATE guardian SET contact = :value WHERE id = :id"), {"id": id, "value": value})
    op.execute("ALTER TABLE guardian DROP COLUMN contact_sealed")
    for name, where in _USER.items():
        op.execute(f'ALTER TABLE "user" ADD COLUMN {name} TEXT')
        rows = bind.execute(sa.text(f'SELECT id, {name}_sealed FROM "user" WHERE {name}_sealed IS NOT NULL')).all()
        for id, sealed in rows:
            value = encryption.decrypt(bytes(sealed), where)
            bind.execute(sa.text(f'UPDATE "user" SET {name} = :value WHERE id = :id'), {"id": id, "value": value})
        op.create_index(f"ix_user_{name}", "user", [name])
        op.drop_index(f"ix_user_{name}_mark", "user")
        op.execute(f'ALTER TABLE "user" DROP COLUMN {name}_mark')
        op.execute(f'ALTER TABLE "user" DROP COLUMN {name}_sealed')
