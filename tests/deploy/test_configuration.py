"""The files of the kit: each is one that its program takes, with the limits that the site relies on."""

import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from deploy import configure
from deploy.cluster import NGINX, WHOLE
from tests.installed_services import redis_program
from tests.servers import free_port
from tests.waiting import until
from tutoring.config import ROOT, Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
FOR_REHEARSALS = {"CLOCK_SHIFT", "LIMITS_SCALE", "PUSH_LOOPBACK"}
TOLD_BY_UNITS = {"APP_ENV", "BIND", "JOBS", "PORT", "SECRET_KEY", "AUDIT_KEY", "FIELD_KEY"}
NAME = "hoc.example.vn"


def rendered(*more: str) -> str:
    return configure.main(["nginx", "--name", NAME, "--worker", "127.0.0.1:8001", "--worker", "10.0.0.6:8001", *more])


def checked(text: str, folder: Path) -> str:
    """What nginx says of this site, put to ports and folders that a test may use."""
    assert NGINX is not None, "dev.py test installs nginx"
    text = re.sub(r" *listen \[::\]:.*\n", "", text)
    text = re.sub(r"listen (80|443)", lambda _: f"listen 127.0.0.1:{free_port()}", text)
    text = text.replace("/var/log/nginx", str(folder)).replace("/var/cache/nginx", str(folder))
    (folder / "nginx.conf").write_text(WHOLE.format(owner="", folder=folder, site=text), "utf-8")
    command = [NGINX, "-t", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stderr


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate that nobody trusts."""
    made = tmp_path / "cert.pem", tmp_path / "key.pem"
    what = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1")
    where = ("-subj", f"/CN={NAME}", "-out", str(made[0]), "-keyout", str(made[1]))
    subprocess.run(["openssl", "req", *what, *where], check=True, capture_output=True, timeout=60)
    return made


@pytest.mark.parametrize("more", [(), ("--no-affinity",), ("--schools", "SCHOOLS")])
def test_nginx_takes_the_site_of_a_real_host(tmp_path: Path, certificate: tuple[Path, Path], more: tuple[str]) -> None:
    schools = tmp_path / "schools.conf"
    schools.write_text("203.0.113.7 1;\n203.0.113.128/25 1;\n")
    told = [str(schools) if one == "SCHOOLS" else one for one in more]
    cert, key = map(str, certificate)
    said = checked(rendered("--certificate", cert, "--key", key, *told), tmp_path)
    assert "test is successful" in said and "warn" not in said, said


def test_nginx_refuses_what_is_wrong(tmp_path: Path) -> None:
    assert "test is successful" not in checked(configure.nginx(["127.0.0.1:8001"]) + "\nnonsense on;\n", tmp_path)


def test_the_proxy_has_the_limits_that_the_site_relies_on() -> None:
    text = rendered()
    lines = text.partition("location /socket.io/ {")[2].partition("\n    }")[0]
    assert "limit_conn cunghoc_one 120;" in lines and "limit_conn cunghoc_many 2000;" in lines
    assert "Upgrade $http_upgrade" in lines and "hash $cunghoc_near consistent;" in text
    assert "hash" not in rendered("--no-affinity").partition("upstream cunghoc_lines")[2].partition("}")[0]
    assert "proxy_next_upstream error timeout;" in text and not re.search(
        r"^ *proxy_next_upstream.*non_idem", text, re.M
    )
    assert text.count("access_log off;") == 2 and "error_log /var/log/nginx/cunghoc-error.log crit;" in text
    assert "client_max_body_size 10m;" in text and "ssl_reject_handshake on;" in text
    for blocked in ("/metrics", "/readyz"):
        assert f"location = {blocked} {{ return 404; }}" in text


def test_each_block_that_tells_workers_something_tells_them_who_asks() -> None:
    """nginx inherits all proxy_set_header lines or none."""
    site = rendered().rpartition("\nserver {")[2]
    blocks = re.findall(r"\n    location [^{]+\{(.*?)\n    \}", site, re.DOTALL)
    telling = [block for block in blocks if "proxy_set_header" in block]
    assert len(telling) == 2
    for block in telling:
        for line in ("Host $http_host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", 'Forwarded ""'):
            assert f"proxy_set_header {line};" in block


def test_no_compression_is_done_twice() -> None:
    assert re.search(r"^    gzip off;", rendered(), re.M) and "brotli on" not in rendered()


# ---- the other programs ----------------------------------------------------------------------------------------------


def placed(unit: str) -> str:
    """A unit whose programs are those of this checkout."""
    return unit.replace("/srv/cunghoc/current", str(ROOT)).replace("/opt/cunghoc/bin/cunghoc", sys.executable)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        name = unit.name.replace("@.", "@8001.")
        (tmp_path / name).write_text(placed(unit.read_text("utf-8")), "utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "cunghoc" in line]
    assert done.returncode == 0 and ours == [], done.stderr


@pytest.mark.parametrize("unit", [one for one in UNITS if one.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_service_may_do_little(unit: Path) -> None:
    lines = unit.read_text("utf-8").splitlines()
    for line in (
        "User=cunghoc", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes",
        "PrivateTmp=yes", "PrivateDevices=yes", "RestrictNamespaces=yes", "SystemCallFilter=@system-service",
    ):  # fmt: skip
        assert line in lines
    assert not any(re.match(r"Environment=.*(_KEY|TOKEN|PASSWORD)=", line) for line in lines)


def test_a_worker_has_time_to_leave() -> None:
    text = (DEPLOY / "systemd" / "cunghoc-web@.service").read_text("utf-8")
    patience = int(re.search(r"^graceful_timeout = (\d+)$", (ROOT / "gunicorn.conf.py").read_text(), re.M)[1])  # type: ignore[index]
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", text, re.M)[1]) > patience >= 20  # type: ignore[index]


def environment() -> dict[str, str]:
    """All that env.example names, as if nothing were commented out."""
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    return dict(line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z_]+=", line))


def test_the_template_of_the_environment_names_every_setting_and_no_other() -> None:
    source = (ROOT / "tutoring" / "config.py").read_text("utf-8")
    read = set(re.findall(r'(?:env\.get\(\s*|_secret\(|_listed\()"([A-Z_]+)"', source))
    assert set(environment()) == (read - FOR_REHEARSALS - TOLD_BY_UNITS) | {"WEB_HOST"}


def test_the_template_is_a_site_that_would_start(tmp_path: Path) -> None:
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    env = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    keys = {f"{name}_KEY": secrets.token_urlsafe(48) for name in ("SECRET", "AUDIT", "FIELD")}
    settings = Settings.from_environment({**env, **keys, "APP_ENV": "production"})
    assert settings.proxies == 1 and settings.https and settings.prepared and settings.hosts == (NAME,)


def test_redis_takes_its_lines(tmp_path: Path) -> None:
    program = redis_program()
    assert program is not None
    lines = (DEPLOY / "redis.conf").read_text("utf-8").replace("/run/redis/redis-server.sock", f"{tmp_path}/ours")
    (tmp_path / "redis.conf").write_text(lines, "utf-8")
    with open(tmp_path / "said", "wb") as said:
        command = [program, str(tmp_path / "redis.conf"), "--daemonize", "no"]
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=tmp_path)
    try:
        until(lambda: (tmp_path / "ours").exists() or process.poll() is not None)
        with redis.Redis(unix_socket_path=str(tmp_path / "ours")) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendonly") == {"appendonly": "no"}
    finally:
        process.kill()
        process.wait(60)


def test_pgbouncer_pools_transactions() -> None:
    text = configure.main(["pgbouncer", "--server", "host=/run/postgresql dbname=cunghoc", "--pool", "30"])
    for line in ("pool_mode = transaction", "max_prepared_statements = 300", "default_pool_size = 30",
                 "auth_type = scram-sha-256", "log_connections = 0"):  # fmt: skip
        assert line in text.splitlines()


def test_the_script_that_renews_workers_is_one() -> None:
    subprocess.run(["sh", "-n", str(DEPLOY / "rolling_restart.sh")], check=True, timeout=60)
