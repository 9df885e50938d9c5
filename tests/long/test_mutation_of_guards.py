"""Guards are taken out one at a time in a copy of the tree: nearly every one must be missed by a test."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutoring.config import ROOT

MOST = int(os.environ.get("GUARDS", "60"))
LEAST = 0.95

TABLE = "tests/test_permissions.py"  # pure, so it comes first
PAIRING = (
    "tests/pairing/test_commands.py",
    "tests/pairing/lifecycle/test_state_machine.py",
    "tests/pairing/test_eligibility.py",
    "tests/pairing/test_observation.py",
)
# file → tests that should miss its guards
WATCHED: dict[str, tuple[str, ...]] = {
    "tutoring/policy/rooms/participation.py": (
        TABLE,
        "tests/rooms/test_policy.py",
        "tests/pairing/test_waiting_pictures.py",
        "tests/welfare/test_guardian_seat.py",
        "tests/test_access_ids.py",
    ),
    "tutoring/policy/pairing/requests.py": (
        TABLE,
        *PAIRING,
        "tests/pairing/requests/test_open_requests.py",
        "tests/pairing/test_waiting_voice_notes.py",
        "tests/test_access_ids.py",
    ),
    "tutoring/policy/pairing/fallbacks.py": (TABLE, "tests/pairing/fallbacks"),
    "tutoring/policy/accounts.py": (TABLE, "tests/accounts", "tests/test_access_ids.py"),
    "tutoring/policy/community.py": (TABLE, "tests/community", "tests/test_access_ids.py"),
    "tutoring/policy/lessons.py": (
        TABLE,
        "tests/lessons/test_skills.py",
        "tests/lessons/test_facts.py",
        "tests/lessons/recordings/test_recordings.py",
        "tests/lessons/proposals/test_proposals.py",
    ),
    "tutoring/policy/privacy.py": (TABLE, "tests/privacy", "tests/test_access_ids.py"),
    "tutoring/policy/moderation/cases.py": (TABLE, "tests/moderation"),
    "tutoring/policy/moderation/actions.py": (TABLE, "tests/moderation"),
    "tutoring/policy/moderation/appeals.py": (TABLE, "tests/moderation"),
    "tutoring/policy/moderation/emergency_access.py": (TABLE, "tests/moderation"),
    "tutoring/moderation/actions/targets.py": (
        "tests/moderation/actions/test_actions.py",
        "tests/moderation/test_queue.py",
    ),
    "tutoring/moderation/actions/commands.py": ("tests/moderation",),
    "tutoring/moderation/cases/claims.py": ("tests/moderation",),
    "tutoring/moderation/appeals/commands.py": ("tests/moderation",),
    "tutoring/moderation/emergency_access/commands.py": ("tests/moderation",),
    "tutoring/privacy/commands.py": ("tests/privacy", "tests/test_access_ids.py"),
    "tutoring/rooms/messages/commands.py": (
        "tests/rooms/test_messages.py",
        "tests/rooms/messages/test_screening.py",
        "tests/test_threats.py",
        "tests/rooms/messages/test_editing.py",
        "tests/rooms/test_locking.py",
        "tests/test_access_ids.py",
    ),
    "tutoring/rooms/messages/screening.py": (
        "tests/rooms/messages/test_screening.py",
        "tests/rooms/risk/test_risk.py",
        "tests/moderation/welfare/test_talks.py",
    ),
    "tutoring/rooms/messages/originals.py": ("tests/rooms/messages/test_screening.py",),
    "tutoring/rooms/pictures/commands.py": ("tests/rooms/pictures/test_annotations.py",),
    "tutoring/rooms/pictures/shapes.py": ("tests/rooms/test_shapes.py",),
    "tutoring/rooms/moderation/commands.py": (
        "tests/rooms/messages/test_screening.py",
        "tests/rooms/moderation",
        "tests/rooms/test_deciding_buttons.py",
        "tests/rooms/test_locking.py",
    ),
    "tutoring/policy/rooms/persistent_rooms.py": (
        TABLE,
        "tests/rooms/persistent_rooms/test_persistent_rooms.py",
        "tests/rooms/persistent_rooms/test_breakout_rooms.py",
    ),
    "tutoring/rooms/persistent_rooms/commands.py": (
        "tests/rooms/persistent_rooms/test_persistent_rooms.py",
        "tests/rooms/persistent_rooms/test_breakout_rooms.py",
    ),
    "tutoring/rooms/moderation/views.py": ("tests/rooms/test_locking.py", "tests/test_access_ids.py"),
    "tutoring/pairing/handoff/queries.py": ("tests/pairing/handoff/test_handoff.py", "tests/test_access_ids.py"),
    "tutoring/pairing/handoff/commands.py": ("tests/pairing/handoff/test_handoff.py",),
    "tutoring/pairing/requests/commands.py": (*PAIRING, "tests/pairing/requests"),
    "tutoring/pairing/offers/commands.py": (
        *PAIRING,
        "tests/pairing/offers/test_dispatch.py",
        "tests/pairing/group_sessions/test_request_groups.py",
    ),
    "tutoring/pairing/scheduling/appointments.py": ("tests/pairing/fallbacks/test_fallbacks.py",),
    "tutoring/pairing/fallbacks/commands.py": (
        "tests/pairing/fallbacks/test_fallbacks.py",
        "tests/pairing/requests/test_open_requests.py",
    ),
    "tutoring/accounts/registration.py": ("tests/accounts/test_families.py", "tests/community/test_join.py"),
    "tutoring/web/socket_io/realtime.py": (
        "tests/web/socket_io/test_event_guard.py",
        "tests/rooms/test_socket_limits.py",
        "tests/rooms/test_sockets.py",
    ),
    "tutoring/web/auth.py": ("tests/test_access.py", "tests/test_access_ids.py", "tests/accounts/test_sign_in.py"),
}
COPIED = (
    "tutoring",
    "tests",
    "templates",
    "migrations",
    "docs",
    "pyproject.toml",
    "gunicorn.conf.py",
    "wsgi.py",
    "dev.py",
    "development",
)
REFUSALS = frozenset({"NotFound", "Forbidden", "SignInRequired", "InvalidInput", "Conflict", "RateLimited"})


@dataclass(frozen=True)
class Guard:
    """One line that refuses, by file and line."""

    file: str
    line: int
    what: str


def _name(node: ast.expr | None) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_guard(node: ast.stmt) -> str:
    """What kind of refusal a statement is, or nothing."""
    if isinstance(node, ast.Raise) and _name(node.exc) in REFUSALS:
        return f"raise {_name(node.exc)}"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = _name(node.value)
        if name.startswith("_refuse") or (name == "hit" and ast.unparse(node).startswith("limits.")):
            return name
    return ""


def guards(file: str) -> Iterator[Guard]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        if "/policy/" in file and function.name.startswith("may_"):
            last = function.body[-1]
            if isinstance(last, ast.Return):
                yield Guard(file, last.lineno, f"{function.name} always says yes")
        elif "/policy/" not in file:
            for node in ast.walk(function):
                if isinstance(node, ast.stmt) and (what := _is_guard(node)):
                    yield Guard(file, node.lineno, f"{function.name} without {what}")


class _Without(ast.NodeTransformer):
    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.stmt) and node.lineno == self.guard.line:
            if isinstance(node, ast.Return):
                return ast.Return(ast.Constant(True))
            if _is_guard(node):
                return ast.Pass()
        return self.generic_visit(node)


def chosen() -> list[Guard]:
    """About sixty, spread evenly over all that there are."""
    found = sorted({guard for file in WATCHED for guard in guards(file)}, key=lambda one: (one.file, one.line))
    many = min(MOST, len(found))
    return [found[n * len(found) // many] for n in range(many)]


def copy_of_the_tree(folder: Path) -> Path:
    for path in ROOT.iterdir():
        if path.name in COPIED:
            copy = shutil.copytree if path.is_dir() else shutil.copy2
            copy(path, folder / path.name)
        elif not path.name.startswith(".git"):
            (folder / path.name).symlink_to(path)
    return folder


def run(tree: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    there = [one for one in tests if (tree / one).exists()]
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider",
               "-m", "not services and not browser", *there]  # fmt: skip
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=900)


def missed(guard: Guard, tree: Path) -> bool:
    """Whether a test fails without this guard."""
    target = tree / guard.file
    source = target.read_text("utf-8")
    target.write_text(ast.unparse(ast.fix_missing_locations(_Without(guard).visit(ast.parse(source)))), "utf-8")
    try:
        done = run(tree, *WATCHED[guard.file])
        assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
        print(f"{'missed' if done.returncode else 'SURVIVES'}: {guard.file}:{guard.line} {guard.what}", flush=True)
        return done.returncode != 0
    finally:
        target.write_text(source, "utf-8")


@pytest.mark.long
def test_of_sixty_guards_nearly_every_one_is_missed(tmp_path: Path) -> None:
    trees = [copy_of_the_tree(tmp_path / str(n)) for n in range(2) if not (tmp_path / str(n)).mkdir()]
    found = chosen()
    whole = run(trees[0], *dict.fromkeys(test for tests in WATCHED.values() for test in tests))
    assert whole.returncode == 0, whole.stdout[-3000:]  # with every guard in its place nothing fails

    def work(n: int) -> list[tuple[Guard, bool]]:
        return [(guard, missed(guard, trees[n])) for guard in found[n::2]]

    with ThreadPoolExecutor(2) as pool:
        results = [one for part in pool.map(work, range(2)) for one in part]
    survivors = [guard for guard, was_missed in results if not was_missed]
    print(f"\n{len(results)} guards taken out, {len(results) - len(survivors)} missed by a test; left: {survivors}")
    assert len(results) >= MOST * 0.9
    assert len(results) - len(survivors) >= LEAST * len(results), survivors
