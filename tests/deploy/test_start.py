"""What a server loads to start and to show its first page: nothing that only some later request or command needs."""

import json
import subprocess
import sys

import pytest

from tests.servers import Site
from tutoring.config import ROOT

# Papers, charts, pictures, sounds, files of classes, the solver, keys of others, and what changes the schema.
LATER = (
    "alembic", "flask_migrate", "mako", "av", "PIL", "fpdf", "docx", "pygal", "icalendar", "python_calamine", "numpy",
    "ortools", "pandas", "authlib", "joserfc", "psycopg", "pyrage", "babel.messages", "pywebpush",
)  # fmt: skip
CODE = """
import json, sys
from wsgi import app
from tutoring.safety.distress import calling

status = app.test_client().get("/").status_code
print(json.dumps([status, calling.make_tables.cache_info().currsize, sorted(sys.modules)]))
"""


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
def test_a_server_loads_nothing_heavy_until_its_first_page_is_shown(backend: str) -> None:
    with Site() as site:
        env = {**site.prepare().env, "JOBS": "0", "PORT": str(site.reserve(1)[0])}
        done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    status, tables, modules = json.loads(done.stdout.splitlines()[-1])
    assert (status, tables) == (200, 0)
    assert not set(LATER) & set(modules)
