"""Every notice that the source tells belongs to a topic, and topics are fit to be chosen."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tutoring.config import ROOT
from tutoring.notifications.preferences.topics import TOPICS, WAYS, topic_of

INBOX = "tutoring.notifications.inbox.commands"
ANY = "1"  # what stands for a value that is known only when it is told
TELLING = {"notify": 1, "notify_many": 1, "tell_guardians": 1, "ring": 1}


@cache
def _modules() -> dict[Path, ast.Module]:
    texts = {path: path.read_text("utf-8") for path in sorted((ROOT / "tutoring").rglob("*.py"))}
    found = {path: ast.parse(text) for path, text in texts.items() if INBOX in text}
    return {path: tree for path, tree in found.items() if _tells(tree)}


def _tells(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.module == INBOX
        and any(name.name in TELLING for name in node.names)
        for node in ast.walk(tree)
    )  # fmt: skip


def _functions(tree: ast.AST) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _keys(value: ast.expr, function: ast.FunctionDef, known: dict[str, ast.FunctionDef]) -> list[str] | None:
    """What the expression can be as a key, 1 for what is not written there; None: a parameter, seen at the callers."""
    match value:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            heads = [""]
            for part in parts:
                inside = part.value if isinstance(part, ast.FormattedValue) else part
                some = _keys(inside, function, known)
                if some is None and heads == [""]:
                    return None  # begins with a parameter: the callers' own keys are read instead
                heads = [head + one for head in heads for one in some or [ANY]]
            return heads
        case ast.IfExp(body=one, orelse=other):
            return (_keys(one, function, known) or [ANY]) + (_keys(other, function, known) or [ANY])
        case ast.Call(func=ast.Name(id=name)) if name in known:
            inner = known[name]
            returned = [node.value for node in ast.walk(inner) if isinstance(node, ast.Return) and node.value]
            return [key for one in returned for key in _keys(one, inner, known) or [ANY]]
        case ast.Name(id=name):
            if name in {arg.arg for arg in [*function.args.args, *function.args.kwonlyargs]}:
                return None
            return _assigned(name, function, known)
    return [ANY]


def _assigned(name: str, function: ast.FunctionDef, known: dict[str, ast.FunctionDef]) -> list[str]:
    found: list[str] = []
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            for one, value in pairs:
                if isinstance(one, ast.Name) and one.id == name:
                    found += _keys(value, function, known) or [ANY]
    return found or [ANY]


def _hands_on(function: ast.FunctionDef) -> bool:
    """Whether it tells under the very key that it is given, or one that begins with it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLING:
            match node.args[TELLING[node.func.id]]:
                case ast.Name(id="key") | ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id="key")), *_]):
                    return True
    return False


def told_keys() -> Iterator[tuple[str, str]]:
    """Where a notice is told, and each key it can have there."""
    named = _functions(ast.parse((ROOT / "tutoring/notifications/rules/wording.py").read_text("utf-8")))
    for path, tree in _modules().items():
        known = named | _functions(tree)
        ways = dict(TELLING)
        for name, function in _functions(tree).items():
            names = [arg.arg for arg in function.args.args]
            if "key" in names and _hands_on(function):
                ways[name] = names.index("key")
        for function in _functions(tree).values():
            for node in ast.walk(function):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ways):
                    continue
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                for key in _keys(node.args[ways[node.func.id]], function, known) or ():
                    yield place, key


def test_every_notice_that_is_told_belongs_to_a_topic() -> None:
    found = list(told_keys())
    lost = [(place, key) for place, key in found if topic_of(key) == "other" and not key.startswith("training-1:")]
    assert not lost
    assert len(found) > 150
    assert {"unit", "answers", "digest", "account"} <= {topic_of(key) for _place, key in found}


def test_every_word_of_a_topic_is_told_somewhere() -> None:
    paths = [*_modules(), ROOT / "tutoring/notifications/rules/wording.py"]
    written = "\n".join(path.read_text("utf-8") for path in paths)
    lost = [
        word for topic in TOPICS.values() for word in topic.words
        if f'"{word}:' not in written and f'"{word}"' not in written
    ]  # fmt: skip
    made_of_parts = {"training-soon", "training-due", "training-new", "training-last"}
    assert not [word for word in lost if word not in made_of_parts]


def test_no_word_belongs_to_two_topics() -> None:
    words = [word for topic in TOPICS.values() for word in topic.words]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(
    ("key", "topic"),
    [
        ("claimed:3:9", "answers"), ("case:5:S0", "danger"), ("case:5:S1", "unit"), ("group-task:4:day", "sessions"),
        ("group-task:4:done", "groups"), ("week:2026-11-02", "digest"), ("away", "helping"),
        ("training-soon:1:teacher:2026-12-01", "training"), ("k", "other"),
    ],
)  # fmt: skip
def test_a_topic_is_found_by_the_key(key: str, topic: str) -> None:
    assert topic_of(key) == topic


def test_the_ways_of_topics_are_ways_that_there_are() -> None:
    for topic in TOPICS.values():
        assert topic.ways <= set(WAYS) and topic.fixed <= topic.ways
        assert topic.label and topic.sentence.endswith(".")
