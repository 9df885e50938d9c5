"""Writes the configuration of nginx and PgBouncer: for a real host, and for `dev.py cluster`, from the same templates.

python -m deploy.configure nginx --name hoc.example.vn --worker 127.0.0.1:8001 --worker 10.0.0.6:8001
python -m deploy.configure pgbouncer --server "host=/run/postgresql port=5432 dbname=cunghoc"
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).resolve().parent
LINES = 120  # open pages behind one address: more than a family or an office has, less than a flood
LINES_SHARED = 2000  # behind one that is known to be a school's, a ward's or a telephone company's


def _written(template: str, **told: object) -> str:
    found = Environment(loader=FileSystemLoader(HERE), undefined=StrictUndefined, keep_trailing_newline=True)
    return found.get_template(template).render(**told)


def nginx(
    workers: Sequence[str],
    *,
    name: str = "_",
    listen: str = "127.0.0.1:8000",
    certificate: str = "",
    key: str = "",
    acme: str = "/var/www/acme",
    cache: str = "/var/cache/nginx/cunghoc",
    pages: str = str(HERE / "pages"),
    error_log: str = "/var/log/nginx/cunghoc-error.log",
    schools: str = "",
    lines: int = LINES,
    lines_shared: int = LINES_SHARED,
    affinity: bool = True,
    served_by: bool = False,
) -> str:
    """The part of nginx's http block that is ours. Without a certificate it listens at `listen` without TLS."""
    return _written("nginx.conf.jinja", **locals())


def pgbouncer(
    server: str,
    *,
    database: str = "cunghoc",
    listen: str = "127.0.0.1",
    port: int = 6432,
    sockets: str = "/run/pgbouncer",
    auth_type: str = "scram-sha-256",
    auth_file: str = "/etc/pgbouncer/userlist.txt",
    pool: int = 20,
) -> str:
    """The whole of pgbouncer.ini; `server` is how PostgreSQL is reached."""
    return _written("pgbouncer.ini.jinja", **locals())


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.configure", description="Write a configuration to stdout.")
    which = parser.add_subparsers(dest="what", required=True)
    proxy = which.add_parser("nginx", help="a file for /etc/nginx/conf.d")
    proxy.add_argument("--worker", action="append", required=True, metavar="HOST:PORT", dest="workers")
    proxy.add_argument("--name", required=True, help="the name of the site")
    proxy.add_argument("--certificate", help="default: /etc/letsencrypt/live/NAME/fullchain.pem")
    proxy.add_argument("--key", help="default: /etc/letsencrypt/live/NAME/privkey.pem")
    proxy.add_argument("--schools", default="", metavar="FILE", help="addresses that many people share")
    proxy.add_argument("--lines", type=int, default=LINES, help="open pages behind any other address (%(default)s)")
    proxy.add_argument("--lines-shared", type=int, default=LINES_SHARED, help="behind those (%(default)s)")
    proxy.add_argument("--no-affinity", action="store_false", dest="affinity", help="people of a room need not meet")
    pool = which.add_parser("pgbouncer", help="a file for /etc/pgbouncer/pgbouncer.ini")
    pool.add_argument("--server", required=True, help="how PostgreSQL is reached, such as host=... dbname=...")
    pool.add_argument("--database", default="cunghoc", help="the name that the application asks for (%(default)s)")
    pool.add_argument("--pool", type=int, default=20, help="connections to PostgreSQL (%(default)s)")
    return parser


def main(arguments: Sequence[str] | None = None) -> str:
    """What was asked for, as text."""
    told = vars(_options().parse_args(arguments))
    if told.pop("what") == "pgbouncer":
        return pgbouncer(**told)
    live = f"/etc/letsencrypt/live/{told['name']}"
    told["certificate"] = told["certificate"] or f"{live}/fullchain.pem"
    told["key"] = told["key"] or f"{live}/privkey.pem"
    return nginx(**told)


if __name__ == "__main__":
    sys.stdout.write(main())
