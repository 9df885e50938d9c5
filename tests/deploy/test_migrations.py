"""While servers are renewed one by one, the old code runs on the new database: a migration takes nothing away."""

import ast
from pathlib import Path

import pytest

from tutoring.config import ROOT

FIRST = 53  # from here on the rule holds
NEW = [one for one in sorted((ROOT / "migrations" / "versions").glob("*.py")) if int(one.name[:4]) >= FIRST]
TAKES_AWAY = {"drop_table", "drop_column", "rename_table", "create_check_constraint", "create_unique_constraint"}
WORD = "OLD_CODE"


def said(call: ast.Call) -> dict[str, ast.expr]:
    return {one.arg: one.value for one in call.keywords if one.arg}


def is_false(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def asks_too_much(call: ast.Call) -> str:
    """What the old code could not live with in this call of a migration, or nothing."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    told = said(call)
    if name in TAKES_AWAY:
        return name
    if name == "alter_column" and ({"new_column_name", "type_"} & set(told) or is_false(told.get("nullable"))):
        return "alter_column with another name or type, or without nulls"
    if name == "add_column":
        columns = [one for one in ast.walk(call) if isinstance(one, ast.Call) and one is not call]
        for column in columns:
            if is_false(said(column).get("nullable")) and "server_default" not in said(column):
                return "add_column without nulls and without a server_default"
    return ""


def faults(source: str) -> list[str]:
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == WORD for one in node.targets):
            return (
                [] if isinstance(node.value, ast.Constant) and len(str(node.value.value)) > 20 else [f"{WORD} is empty"]
            )
    up = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"]
    calls = [node for one in up for node in ast.walk(one) if isinstance(node, ast.Call)]
    return [why for call in calls if (why := asks_too_much(call))]


@pytest.mark.parametrize("path", NEW, ids=lambda path: path.name)
def test_the_code_before_a_migration_lives_with_it(path: Path) -> None:
    found = faults(path.read_text("utf-8"))
    assert found == [], f'see docs/deploy.md; where the old code does not mind, say why: {WORD} = "…"'


@pytest.mark.parametrize(
    ("line", "fine"),
    [
        ('op.create_table("a", sa.Column("b", sa.Text(), nullable=False))', True),
        ('op.add_column("a", sa.Column("b", sa.Text(), nullable=True))', True),
        ('op.add_column("a", sa.Column("b", sa.Text(), nullable=False, server_default=""))', True),
        ('op.create_index("ix_a_b", "a", ["b"])', True),
        ('op.alter_column("a", "b", nullable=True)', True),
        ('op.add_column("a", sa.Column("b", sa.Text(), nullable=False))', False),
        ('op.drop_column("a", "b")', False),
        ('op.drop_table("a")', False),
        ('op.rename_table("a", "b")', False),
        ('op.alter_column("a", "b", new_column_name="c")', False),
        ('op.alter_column("a", "b", type_=sa.Integer())', False),
        ('op.alter_column("a", "b", nullable=False)', False),
    ],
)
def test_what_takes_away_is_known(line: str, fine: bool) -> None:
    inside = f"def upgrade():\n    with op.batch_alter_table('a') as batch:\n        {line}\n"
    assert (faults(f"def upgrade():\n    {line}\n") == []) is fine
    assert (faults(inside) == []) is fine
    assert faults(f"def upgrade():\n    pass\ndef downgrade():\n    {line}\n") == []
    assert faults(f'{WORD} = "Nobody has read it since the release before."\n{inside}') == []
