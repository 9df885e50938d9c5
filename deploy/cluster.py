"""`python3 dev.py cluster`: the whole of a site with several servers on this computer, for trying and testing.

PostgreSQL, Redis, PgBouncer where it is installed, nginx, three web workers and one worker for due work, each on a
free port or in a folder of its own; nothing of it is left at the end. Plain http, on this computer only, as with
`dev.py run`.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from types import FrameType
from urllib.parse import urlsplit

from deploy import configure
from tests import forked_processes
from tests.backing_services import _drop_root, private_postgres_server, private_redis_server
from tests.servers import Site, free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
PATIENCE = 120.0  # seconds for a part to answer

Say = Callable[[str], None]

WHOLE = """{owner}
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
error_log {folder}/nginx.log crit;
events {{ worker_connections 8192; }}
http {{
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


class Missing(RuntimeError):
    """What has to be installed first, in one sentence."""


def _quietly(_text: str) -> None:
    pass


class Cluster:
    """One site of several servers. `affinity`: people of a room meet on one worker; `pooled`: through PgBouncer, where
    there is one; `lines` are the open pages behind one address; `more` are settings of the application."""

    def __init__(self, workers: int = 3, *, affinity: bool = True, pooled: bool = True, port: int = 0,
                 lines: int = configure.LINES_SHARED, say: Say = _quietly, **more: str) -> None:  # fmt: skip
        if NGINX is None:
            raise Missing(
                "nginx is not installed: on Debian and Ubuntu run 'sudo apt-get install nginx-light', then again."
            )
        self.count, self.affinity, self.pooled, self.say = workers, affinity, pooled and PGBOUNCER is not None, say
        self.port, self.lines, self.more = port or free_port(), lines, more
        self.url = f"http://127.0.0.1:{self.port}"
        self.parts: dict[str, subprocess.Popen[bytes]] = {}  # that are programs of others
        self.work: forked_processes.Program | None = None
        self._open = contextlib.ExitStack()

    # ---- beginning and end ---------------------------------------------------------------------------------------

    def __enter__(self) -> "Cluster":
        begun = time.monotonic()
        try:
            self._begin()
        except BaseException:
            self._open.close()
            raise
        self.seconds = time.monotonic() - begun
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _begin(self) -> None:
        forked_processes.open_for_tests()  # all programs of ours come from one that has loaded everything
        self.say("PostgreSQL and Redis ...")
        _server, database = self._open.enter_context(private_postgres_server())
        self.redis = self._open.enter_context(private_redis_server())
        direct = Site(database, self.redis.url, **self.more)
        self.site = self._open.enter_context(direct)
        self.folder = self.site.folder
        self.site.ports = [free_port() for _ in range(self.count)]
        own = [self.url, *(f"http://127.0.0.1:{port}" for port in self.site.ports)]
        self.site.env.update(ORIGINS=",".join(own), PORT=str(self.port), PROXIES="1", JOBS="0")
        self.say("the database, its content and the demonstration ...")
        self.greeting = self.site.flask("prepare")  # the cards, for people to read
        if self.pooled:
            self.say("PgBouncer ...")
            self.site.env["DATABASE_URL"] = self._begin_pgbouncer(database)
        self.say(f"{self.count} web workers, one for due work, nginx ...")
        self._open.callback(self._end_work)
        self.begin_work()
        for port in self.site.ports:
            self.begin_worker(port)
        self._begin_nginx()
        for port in self.site.ports:
            self.site._answers(port)
        self._answers()

    def _begin_pgbouncer(self, database: str) -> str:
        folder = self.folder / "pool"
        folder.mkdir()
        owner = _drop_root()
        asked = urlsplit(database)
        server = f"{asked.query} dbname={asked.path[1:]} user=postgres"  # the query is host=FOLDER
        text = configure.pgbouncer(server, listen="", sockets=str(folder), auth_type="any", auth_file="")
        (folder / "pgbouncer.ini").write_text(text, "utf-8")
        if owner:
            os.chown(folder, owner["user"], owner["group"])
            self.folder.chmod(0o711)
        self._begin_part("PgBouncer", [str(PGBOUNCER), "-q", str(folder / "pgbouncer.ini")], **owner)
        _wait_for((folder / ".s.PGSQL.6432").exists, "PgBouncer")
        return f"postgresql://postgres@/cunghoc?host={folder}&port=6432"

    def _begin_nginx(self) -> None:
        site = configure.nginx(
            [f"127.0.0.1:{port}" for port in self.site.ports],
            listen=f"127.0.0.1:{self.port}",
            cache=str(self.folder / "kept"),
            error_log=str(self.folder / "nginx.log"),
            affinity=self.affinity,
            lines=self.lines,
            served_by=True,
        )
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        text = WHOLE.format(owner="user root;" if root else "", folder=self.folder, site=site)
        (self.folder / "nginx.conf").write_text(text, "utf-8")
        self._begin_part(
            "nginx", [str(NGINX), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "nginx.log")]
        )

    def _begin_part(self, name: str, command: list[str], **how: object) -> None:
        with open(self.folder / f"{name}.out", "ab") as out:
            begun = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                **how,  # type: ignore[call-overload]
            )
        self.parts[name] = begun
        self._open.callback(_end, begun)

    # ---- workers -------------------------------------------------------------------------------------------------

    def begin_worker(self, port: int) -> None:
        """Begin the web worker of this port."""
        self.site._begin(port)

    def begin_work(self) -> None:
        """Begin the worker for due work."""
        log = self.folder / "work.log"
        self.work = forked_processes.begin("flask", ["--app", "tutoring.cli", "work"], self.site.env, log, log)

    def _end_work(self) -> None:
        if self.work is not None and self.work.poll() is None:
            os.killpg(self.work.pid, signal.SIGKILL)
            self.work.wait(10)

    def restart(self, port: int, within: float = 40.0) -> float:
        """End a web worker as a restart does, and begin it again once it is gone; how long it took to end."""
        process, begun = self.site.processes[port], time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        process.wait(within)
        if process.poll() is None:
            raise RuntimeError(f"the worker of port {port} did not end")
        ended = time.monotonic() - begun
        self.site.start_at(port)
        return ended

    def reload(self, port: int) -> None:
        """Put new processes in the place of a web worker's, as `systemctl reload` does; it goes on by itself."""
        os.kill(self.site.processes[port].pid, signal.SIGHUP)

    def _answers(self) -> None:
        def asked() -> bool:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
            return False

        _wait_for(asked, "nginx")

    # ---- what happens meanwhile ----------------------------------------------------------------------------------

    def look(self) -> None:
        """Say which part has ended by itself; workers are begun again."""
        for port in self.site.ports:
            if self.site.processes[port].poll() is not None:
                self.say(f"the web worker of port {port} has ended: it is begun again")
                self.begin_worker(port)
        if self.work is not None and self.work.poll() is not None:
            self.say("the worker for due work has ended: it is begun again")
            self.begin_work()
        if self.redis.process is not None and self.redis.process.poll() is not None:
            self.say("Redis has ended: it is begun again")
            self.redis.start()
        for name, part in list(self.parts.items()):
            if part.poll() is not None:
                self.say(
                    f"{name} has ended with status {part.returncode}: what it wrote is {self.folder / f'{name}.out'}"
                )
                del self.parts[name]

    def cards(self) -> dict[str, dict[str, str]]:
        """Sign-in cards of the demonstration by user name."""
        kept = self.folder / "cards.jsonl"
        if not kept.exists():
            kept.write_text(self.site.flask("demo", "cards"), "utf-8")
        return self.site.cards()


def _end(part: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(part.pid, signal.SIGTERM)
    try:
        part.wait(3)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(part.pid, signal.SIGKILL)
        part.wait(3)


def _wait_for(answers: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not answers():
        if time.monotonic() > until:
            raise RuntimeError(f"{what} did not begin to answer within {PATIENCE:.0f} s")
        time.sleep(0.05)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(f"cluster: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Run until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="dev.py cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of nginx; by default a free one")
    parser.add_argument("--workers", type=int, default=3, help="web workers (%(default)s)")
    parser.add_argument("--apart", action="store_true", help="people of a room need not meet on one worker")
    told = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    try:
        with Cluster(told.workers, affinity=not told.apart, port=told.port, say=_say, LIMITS_SCALE="1") as cluster:
            print(cluster.greeting, end="", flush=True)
            pool = "with PgBouncer" if cluster.pooled else "without PgBouncer, which is not installed"
            _say(f"up after {cluster.seconds:.1f} s, {pool}; logs are in {cluster.folder} until it ends")
            _say(f"Cùng Học is at {cluster.url} (Ctrl+C ends it all)")
            while True:
                time.sleep(0.5)
                cluster.look()
    except Missing as missing:
        _say(str(missing))
        return 1
    except KeyboardInterrupt:
        _say("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
