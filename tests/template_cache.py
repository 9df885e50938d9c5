"""Templates, compiled once for all processes of the tests: each of hundreds of servers would compile every page anew.

They are kept where Python keeps what it compiles, by the digest of their source, and go when that folder goes. Another
compiler of templates has another folder.
"""

import hashlib
import sys
from pathlib import Path

import flask
import jinja2

COMPILER = Path(__file__).parent.parent / "tutoring" / "web" / "page_templates.py"


def keep_templates() -> None:
    """Every application that is made in this process from now on takes its templates from there."""
    if sys.dont_write_bytecode:
        return
    compiler = hashlib.sha256(COMPILER.read_bytes()).hexdigest()[:8]
    folder = Path(__file__).parent / "__pycache__" / f"templates-{jinja2.__version__}-{compiler}"
    folder.mkdir(parents=True, exist_ok=True)
    flask.Flask.jinja_options = {
        **flask.Flask.jinja_options,
        "bytecode_cache": jinja2.FileSystemBytecodeCache(str(folder)),
    }
