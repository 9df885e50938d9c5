"""The architecture, executable: what stands where, and what may not stand anywhere."""

import ast
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from tests.parametrize import each_of
from tutoring import features
from tutoring.config import ROOT

SOURCES = sorted((ROOT / "tutoring").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)
READERS = {"queries", "views", "sockets", "forms", "schemas", "serializers", "events", "models", "reactions"}
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base", "manager"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@each_of(SOURCES)
def test_a_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(parsed(path)), "a module says in one to three lines what it is for"
    assert path.stem not in BANNED_NAMES
    assert len(text.splitlines()) <= 500
    for function in functions(path):
        assert (function.end_lineno or 0) - function.lineno < 60, function.name


def test_a_folder_holds_at_most_thirty_modules() -> None:
    counted = Counter(path.parent for path in SOURCES if path.name != "__init__.py")
    assert {folder: many for folder, many in counted.items() if many > 30} == {}


REGISTERS = {"on", "job", "daily", "external_job", "get", "post", "route"}


def registers(path: Path) -> bool:
    """Whether importing this module registers a reaction, a job, a page or something at a hook."""
    decorators = [one for function in functions(path) for one in function.decorator_list]
    called = [one.func for one in decorators if isinstance(one, ast.Call)]
    plain = [one.value for one in parsed(path).body if isinstance(one, ast.Expr)]
    hooked = [*decorators, *called, *(one.func for one in plain if isinstance(one, ast.Call))]
    return any(name_of(one) in REGISTERS for one in called) or any(name_of(one) == "register" for one in hooked)


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_whatever_registers_something_is_loaded_with_the_application() -> None:
    """Else a job has no handler and an event no reaction, and nothing says so."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in SOURCES
    }
    loaded, ahead = set[str](), ["tutoring.app", *features.names()]
    while ahead:
        name = ahead.pop()
        if name not in modules or name in loaded:
            continue
        loaded.add(name)
        for node in parsed(modules[name]).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                ahead += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    silent = {name for name, path in modules.items() if registers(path)} - loaded
    assert {name for name in silent if not name.startswith("tutoring.cli")} == set()


# Their registries are keyed: jobs, events, gauges, socket events.
INFRASTRUCTURE = {"kernel", "web", "policy", "safety"}
SERVICES = {("registry", "CHANNELS")}  # objects that app.py makes from the settings


@each_of(path for path in SOURCES if path.relative_to(ROOT / "tutoring").parts[0] not in INFRASTRUCTURE)
def test_features_have_hooks_and_no_registries_of_their_own(path: Path) -> None:
    """No function of a feature stores its parameter in a variable of the module: `kernel/hooks.py` does that."""
    filled = {(path.stem, name) for function in functions(path) for name in fills(function)} - SERVICES
    assert {name for _stem, name in filled} & module_variables(path) == set()


def module_variables(path: Path) -> set[str]:
    targets = [
        target
        for node in parsed(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def fills(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The collections to which a function adds one of its parameters."""
    parameters = {one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in {"append", "insert", "add", "setdefault"}:
                found |= {name_of(node.func.value) for one in node.args if used_in(one) & parameters}
        elif isinstance(node, ast.Assign) and used_in(node.value) & parameters:
            found |= {name_of(one.value) for one in node.targets if isinstance(one, ast.Subscript)}
    return found


def used_in(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def test_hooks_are_declared_where_a_reader_looks_for_them() -> None:
    declared = [path for path in SOURCES if re.search(r"^\w+(: .+)? = Hook\b", path.read_text("utf-8"), re.M)]
    features = [path for path in declared if path.relative_to(ROOT / "tutoring").parts[0] not in INFRASTRUCTURE]
    assert features and {path.name for path in features} == {"hooks.py"}


@each_of(SOURCES)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    for function in functions(path):
        for node in ast.walk(function):
            assert not isinstance(node, ast.Import | ast.ImportFrom), f"{function.name}, line {node.lineno}"


def writes(path: Path) -> list[int]:
    pattern = re.compile(r"session\.(add|add_all|delete|merge)\(|\.commit\(\)")
    return [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if pattern.search(line)]


@each_of(p for p in SOURCES if not READERS.isdisjoint({*p.relative_to(ROOT).parts, p.stem}))
def test_only_commands_write(path: Path) -> None:
    assert writes(path) == []


@each_of(path for path in SOURCES if ROOT / "tutoring" / "kernel" not in path.parents)
def test_features_write_one_sql_for_both_databases(path: Path) -> None:
    """What SQLAlchemy lacks or the databases do differently is in `kernel/database/sql.py`, once."""
    assert not re.search(r"sqlalchemy\.dialects|func\.(instr|strpos|json_each|unnest)\b", path.read_text("utf-8"))


@each_of(TEMPLATES)
def test_templates_have_no_inline_script_style_or_foreign_address(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<(script|link|img|iframe|source)[^>]+(src|href)=\"(https?:)?//", text)
    assert "|safe" not in text.replace(" ", "")


@each_of(TEMPLATES)
def test_a_line_of_a_template_has_at_most_160_characters(path: Path) -> None:
    """But a line that holds one text alone: a text is never broken, because translators find it whole."""
    long = [line for line in path.read_text("utf-8").splitlines() if len(line) > 160]
    assert [line for line in long if not re.fullmatch(r'\s*"[^"]*"[,)]*', line)] == []


@each_of(SCRIPTS)
def test_scripts_write_text_only_and_load_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function)\b\s*[(=]", text)
    assert "//" not in re.sub(r"(^|\s)//.*|/\*.*?\*/", "", text, flags=re.M) or "http" not in text


def test_literal_colours_stand_in_the_tokens_alone() -> None:
    for sheet in (ROOT / "static" / "css").rglob("*.css"):
        if sheet.name != "tokens.css":
            found = re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{}]*\{)", sheet.read_text("utf-8"))
            assert found == [], sheet.name


TEMPLATE_NAME = re.compile(r"[\"']((?:\w+/)*\w+\.html)[\"']")


def template_names(path: Path) -> set[str]:
    return set(TEMPLATE_NAME.findall(path.read_text("utf-8")))


def folder_of(name: str) -> tuple[str, ...]:
    return tuple(name.split("/")[:-1])


def shared_folder(folders: set[tuple[str, ...]]) -> tuple[str, ...]:
    """The innermost folder in which all of these lie."""
    shortest = min(folders, key=len)
    depth = next((i for i, part in enumerate(shortest) if any(one[i] != part for one in folders)), len(shortest))
    return shortest[:depth]


@cache
def users_of_templates() -> tuple[dict[str, set[tuple[str, ...]]], dict[str, set[tuple[str, ...]]]]:
    """By the name of a template: the packages that render it, and the folders of the templates that use it."""
    rendered, included = defaultdict[str, set[tuple[str, ...]]](set), defaultdict[str, set[tuple[str, ...]]](set)
    for path in SOURCES:
        for name in template_names(path):
            rendered[name].add(path.relative_to(ROOT / "tutoring").parts[:-1])
    for path in TEMPLATES:
        own = path.relative_to(ROOT / "templates").as_posix()
        for name in template_names(path) - {own}:
            included[name].add(folder_of(own))
    return rendered, included


def test_every_template_that_is_named_exists() -> None:
    names = {path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES}
    rendered, included = users_of_templates()
    assert (rendered.keys() | included.keys()) - names == set()


@each_of(TEMPLATES)
def test_a_template_is_used_and_lies_in_the_folder_of_its_package(path: Path) -> None:
    name = path.relative_to(ROOT / "templates").as_posix()
    rendered, included = (users.get(name, set()) for users in users_of_templates())
    folder = folder_of(name)
    assert rendered or included, "nothing uses it"
    if rendered:
        assert folder == shared_folder(rendered)
    else:
        assert ROOT.joinpath("tutoring", *folder).is_dir(), "a part lies in the folder of a package"
        near = {one for one in included if one[: len(folder)] == folder}
        assert not near or folder == shared_folder(near), "a part of one package lies in the folder of that package"
