"""Containerfile, compose files and Caddyfile: they agree with each other and with the program."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from tutoring.cli import console
from tutoring.cli.doctor.settings import names
from tutoring.config import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
COMPOSE = ("compose.yaml", "compose.board.yaml")
DATABASE_MAJOR = "17"  # of PostgreSQL in Debian 13, whose pg_dump the image has


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Containerfile with its words, in order."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in text.splitlines() if line]


def services(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text("utf-8"))
    return found


def ours(name: str) -> dict[str, dict[str, Any]]:
    return {key: one for key, one in services(name)["services"].items() if one["image"].startswith("cunghoc:")}


def test_the_image_runs_as_a_user_without_rights_and_writes_to_one_volume() -> None:
    final = instructions()[max(n for n, (word, _) in enumerate(instructions()) if word == "FROM") :]
    words = dict(final)
    assert words["USER"] == "10001:10001" and words["VOLUME"] == "/data" and "CUNGHOC_DATA=/data" in words["ENV"]
    assert words["ENTRYPOINT"] == '["cunghoc"]' and "/readyz" in words["HEALTHCHECK"]
    assert not [word for word, _ in final if word == "ADD"]
    assert [text for word, text in final if word == "COPY"] == ["--from=build /opt/cunghoc /opt/cunghoc"]


def test_the_image_installs_the_lock_by_its_hashes_and_has_a_bill_of_materials() -> None:
    (install,) = (text for word, text in instructions() if word == "RUN" and "requirements.txt" in text)
    assert "--require-hashes -r requirements.txt" in install and "cyclonedx-py environment" in install
    assert not re.search(r"^(FROM|ARG).*\blatest\b", CONTAINERFILE, re.MULTILINE)


@pytest.mark.parametrize("name", COMPOSE)
def test_a_compose_file_starts_the_site_closed(name: str) -> None:
    assert ours(name)
    for one in ours(name).values():
        assert one["read_only"] is True and one["cap_drop"] == ["ALL"] and one["volumes"] == ["data:/data"]
        assert one["security_opt"] == ["no-new-privileges:true"] and one["tmpfs"]
        assert "ports" not in one and set(one["environment"]) <= names()
        assert one["environment"]["ORIGINS"].startswith("https://") and one["environment"]["PROXIES"] == "1"
    published = {key for key, one in services(name)["services"].items() if "ports" in one}
    assert published == {"proxy"}


@pytest.mark.parametrize("name", COMPOSE)
def test_a_compose_file_runs_commands_that_there_are_and_holds_no_password(name: str) -> None:
    for one in ours(name).values():
        result = CliRunner().invoke(console._group, [*one["command"], "--help"])
        assert result.exit_code == 0, result.output
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"^ *\w*(PASSWORD|KEY|TOKEN)\w*: +(?!\$\{)", text, re.MULTILINE)
    used = {volume.split(":")[0] for one in services(name)["services"].values() for volume in one.get("volumes", [])}
    assert {one for one in used if not one.startswith(".")} == set(services(name)["volumes"])
    assert all((ROOT / one).exists() for one in used if one.startswith("."))


def test_the_site_of_one_server_leaves_due_work_to_one_process() -> None:
    found = ours("compose.yaml")
    assert "--no-work" in found["web"]["command"] and found["work"]["command"] == ["work"]
    assert found["work"]["depends_on"] == {"web": {"condition": "service_healthy"}}, "the first start makes the keys"
    assert services("compose.yaml")["services"]["database"]["image"].endswith(f":{DATABASE_MAJOR}")
    assert set(services("compose.board.yaml")["services"]) == {"web", "proxy"}


def test_a_certificate_of_files_is_read_where_caddy_looks_for_it() -> None:
    text = (ROOT / "compose.certificate.yaml").read_text("utf-8")
    added = services("compose.certificate.yaml")["services"]
    assert set(added) == {"proxy"} and "CERTIFICATE_FOLDER:?" in text
    folders = {one.rsplit(":", 2)[-2] for one in added["proxy"]["volumes"]}
    caddy = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    (snippet,) = (ROOT / "deploy" / "certificate.d").iterdir()
    assert "import certificate.d/*.caddy" in caddy and snippet.suffix == ".caddy"
    (words,) = [line.split() for line in snippet.read_text("utf-8").splitlines() if line.startswith("tls ")]
    assert folders == {"/etc/caddy/certificate.d", *(str(Path(word).parent) for word in words[1:])}


def test_nothing_of_this_computer_comes_into_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for name in (".git", ".venv", "instance", "node_modules", "static/vendor", "**/*.mo"):
        assert name in ignored


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")
def test_caddy_takes_its_file(tmp_path: Path) -> None:
    env = {**os.environ, "SITE_NAME": "hoc.example.vn", "HOME": str(tmp_path)}
    command = ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(ROOT / "deploy" / "Caddyfile")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert '"/metrics","/readyz"' in done.stdout and '"web:8000"' in done.stdout


def blocks(page: str, word: str) -> list[str]:
    """The blocks of commands of a page in which a word stands."""
    found = re.findall(r"^```\n(.*?)^```$", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [one for one in found if word in one]


@pytest.mark.parametrize("umask", [0o022, 0o002])
def test_settings_and_keys_of_a_site_on_one_server_are_closed_to_others(tmp_path: Path, umask: int) -> None:
    """The commands of the page run with a `docker` that prints a key."""
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text("#!/bin/sh\necho key\n", "utf-8")
    docker.chmod(0o700)
    env = {"PATH": f"{docker.parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    for one in blocks("one-server.md", "cat > .env") + blocks("one-server.md", "cunghoc-keys"):
        done = subprocess.run(["sh", "-ec", one], cwd=tmp_path, env=env, umask=umask, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    made = [tmp_path / ".env", *(tmp_path / "cunghoc-keys" / f"{name}_key" for name in ("secret", "audit", "field"))]
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in made} == {file.name: "0o600" for file in made}
    assert (tmp_path / "cunghoc-keys").stat().st_mode & 0o777 == 0o700
    assert "DATABASE_PASSWORD=" in (tmp_path / ".env").read_text("utf-8")


def test_settings_and_keys_of_a_site_without_containers_are_closed_to_others(tmp_path: Path) -> None:
    (block,) = blocks("deploy.md", "env.example")
    lines = [line.partition("#")[0] for line in block.splitlines() if "/etc/cunghoc/" in line]
    script = "\n".join(lines).replace("/etc/cunghoc", str(tmp_path))
    done = subprocess.run(["sh", "-ec", script], cwd=ROOT, umask=0o022, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files = {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()}
    assert files == dict.fromkeys(("env", "secret_key", "audit_key", "field_key"), "0o600")
