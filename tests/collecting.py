"""While modules are imported and tests are collected nothing is thrown away; looking for it takes a fifth of that time.

`tests/conftest.py` imports this before anything else.
"""

import compileall
import gc
import sys
from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from _pytest.pathlib import fnmatch_ex

ROOT = Path(__file__).resolve().parent.parent

gc.disable()


def over() -> None:
    """All is collected: garbage is looked for again."""
    gc.enable()


def compile_share(config: pytest.Config) -> None:
    """Of several processes of tests each compiles a part of the program and of the tests, and finds the others' parts.

    In a fresh clone each would compile all of it: 16 s of a processor, of which pytest's rewriting of `assert` is 12.
    """
    given = getattr(config, "workerinput", None)
    if given is None or sys.dont_write_bytecode:
        return
    nth, count = int(given["workerid"].removeprefix("gw")), given["workercount"]
    for path in sorted((ROOT / "tutoring").rglob("*.py"))[nth::count]:
        compileall.compile_file(path, quiet=2)
    patterns, state = ["conftest.py", *config.getini("python_files")], config.stash[rewrite.assertstate_key]
    tests = [path for path in sorted((ROOT / "tests").rglob("*.py")) if any(fnmatch_ex(one, path) for one in patterns)]
    for path in tests[nth::count]:
        compiled = compiled_test(path)
        if rewrite._read_pyc(path, compiled) is None and rewrite.try_makedirs(compiled.parent):
            digest, code = rewrite._rewrite_test(path, config)
            rewrite._write_pyc(state, code, digest, compiled)


def compiled_test(path: Path) -> Path:
    """Where pytest looks for what it made of this file of tests."""
    return rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
