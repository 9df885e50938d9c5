"""A certificate by DNS-01 from an authority of this machine, by docs/school-network.md as it stands, to a claimed card.

BIND, pebble, certbot, Caddy and the site of docs/board.md run on a bootstrapped Debian, in a network of their own that
reaches nothing. The browser there trusts this one authority.
"""

import re
import signal
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

import dev
from tests.browser import QUIET, headless_shell
from tests.long import first_day
from tests.long.chroots import Debian
from tests.long.test_bare_debian import DATA, blocks, install, served
from tests.waiting import until

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not dev.may_apt(), reason="bootstrapping a Debian needs root on Debian"),
]
NETWORK, NAME, SCHOOL = "cunghoc-school", "hoc.truong.edu.vn", "truong.edu.vn"
PACKAGES = "bind9 bind9-dnsutils caddy certbot openssl pebble python3-certbot-dns-rfc2136"
ZONE = """$TTL 60
@ IN SOA ns.truong.edu.vn. root.truong.edu.vn. (1 3600 600 86400 60)
@ IN NS ns.truong.edu.vn.
ns IN A 127.0.0.1
hoc IN A 127.0.0.1
"""
PEBBLE = """{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
"certificate": "/root/pebble.pem", "privateKey": "/root/pebble.key", "httpPort": 80, "tlsPort": 443}}
"""
# Without them it waits at random, and refuses one good nonce in twenty, which certbot may meet twice in a row.
PEBBLE_ENV = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
# Answers to what certbot asks a person; the authority of this machine; no minute of waiting for the DNS.
CERTBOT = """server = https://localhost:14000/dir
non-interactive = true
agree-tos = true
register-unsafely-without-email = true
dns-rfc2136-propagation-seconds = 2
"""
# A bootstrapped Debian has no systemd: this restarts Caddy in its place.
SYSTEMCTL = """#!/bin/sh -e
[ "$*" = "restart caddy" ]
if [ -e /run/caddy.pid ]; then kill "$(cat /run/caddy.pid)"; sleep 2; fi
start-stop-daemon --start --background --make-pidfile --pidfile /run/caddy.pid --chuid caddy \
    --startas /usr/bin/env -- HOME=/var/lib/caddy caddy run --config /etc/caddy/Caddyfile
"""


def stopped(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Debian, str]]:
    """With the site installed, and the servers of a school's network; all of them are ended."""
    dev.apt("mmdebstrap", "poppler-utils", "libnss3-tools", "iproute2")
    made = Debian.bootstrapped(tmp_path_factory.mktemp("school"))
    folder = install(made)
    made.run(f"apt install --yes --no-install-recommends {PACKAGES}", DEBIAN_FRONTEND="noninteractive")
    yield from in_a_school(made, folder)


def in_a_school(made: Debian, folder: str) -> Iterator[tuple[Debian, str]]:
    root = made.root
    subprocess.run(["ip", "netns", "add", NETWORK], check=True)
    running: list[subprocess.Popen[bytes]] = []
    try:
        for words in ("ip link set lo up", "sysctl -qw net.ipv4.ip_unprivileged_port_start=0"):
            subprocess.run(["ip", "netns", "exec", NETWORK, *words.split()], check=True)
        made.network = NETWORK
        (root / "etc" / "resolv.conf").write_text("nameserver 127.0.0.1\n", "utf-8")
        secret = re.findall(r'secret "([^"]+)"', made.run("tsig-keygen cunghoc"))[0]
        bind, ini, *_ = blocks("school-network.md", "A public name and DNS-01")
        (ini,) = [one for one in blocks("school-network.md", "A public name and DNS-01") if "dns_rfc2136_server" in one]
        with (root / "etc" / "bind" / "named.conf.local").open("a", encoding="utf-8") as file:
            file.write(bind.replace("…", secret))
        (root / "var" / "lib" / "bind" / f"{SCHOOL}.zone").write_text(ZONE, "utf-8")
        made.run("chown -R bind /var/lib/bind && named-checkconf /etc/bind/named.conf")
        (root / "root" / "dns.ini").write_text(ini.replace("…", secret).replace("192.168.1.2", "127.0.0.1"), "utf-8")
        (root / "root" / "pebble.json").write_text(PEBBLE, "utf-8")
        (root / "etc" / "letsencrypt").mkdir(exist_ok=True)
        (root / "etc" / "letsencrypt" / "cli.ini").write_text(CERTBOT, "utf-8")
        systemctl = root / "usr" / "local" / "bin" / "systemctl"
        systemctl.write_text(SYSTEMCTL, "utf-8")
        systemctl.chmod(0o755)
        made.run(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost "
            "-addext subjectAltName=DNS:localhost -keyout /root/pebble.key -out /root/pebble.pem"
        )
        running.append(stopped(made.command("exec named -f -u bind -c /etc/bind/named.conf")))
        running.append(
            stopped(made.command("exec pebble -config /root/pebble.json -dnsserver 127.0.0.1:53", **PEBBLE_ENV))
        )
        asks = ["ip", "netns", "exec", NETWORK, "curl", "-skf", "-o", "/dev/null", "https://127.0.0.1:14000/dir"]
        until(lambda: subprocess.run(asks).returncode == 0, "the authority answers")
        until(lambda: "127.0.0.1" in made.run(f"dig +short {NAME} @127.0.0.1 || true"), "the DNS answers")
        yield made, folder
    finally:
        if (root / "run" / "caddy.pid").exists():
            subprocess.run(["kill", (root / "run" / "caddy.pid").read_text().strip()], check=False)
        for one in running:
            one.send_signal(signal.SIGTERM)
            one.wait(60)
        subprocess.run(["ip", "netns", "delete", NETWORK], check=False)


def certificate(debian: Debian, folder: str) -> None:
    """Runs what the page has, in its order."""
    for one in blocks("school-network.md", "A public name and DNS-01"):
        if "certbot certonly" in one:
            debian.run(one, folder, REQUESTS_CA_BUNDLE="/root/pebble.pem")
        elif "files.caddy" in one:
            debian.run(one, folder)
        elif "/etc/caddy/certificate/" in one:
            hook = debian.root / "etc" / "letsencrypt" / "renewal-hooks" / "deploy" / "caddy"
            hook.parent.mkdir(parents=True, exist_ok=True)
            hook.write_text(f"#!/bin/sh -e\n{one}", "utf-8")
            hook.chmod(0o755)
            debian.run(f"RENEWED_LINEAGE=/etc/letsencrypt/live/{NAME} /etc/letsencrypt/renewal-hooks/deploy/caddy")


def trusting(playwright: Playwright, debian: Debian, folder: Path) -> Browser:
    """A browser in the school's network that trusts the authority, and no other of this machine's."""
    fetched = ["ip", "netns", "exec", NETWORK, "curl", "-sk", "https://127.0.0.1:15000/roots/0"]
    authority = folder / "authority.pem"
    authority.write_bytes(subprocess.run(fetched, check=True, capture_output=True).stdout)
    ssl.create_default_context(cafile=str(authority))
    store = folder / ".pki" / "nssdb"
    store.mkdir(parents=True)
    subprocess.run(["certutil", "-d", f"sql:{store}", "-N", "--empty-password"], check=True)
    trust = ["certutil", "-d", f"sql:{store}", "-A", "-n", "school", "-t", "C,,", "-i", str(authority)]
    subprocess.run(trust, check=True)
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nexec ip netns exec {NETWORK} {headless_shell()} "$@"\n', "utf-8")
    program.chmod(0o755)
    args = [*QUIET, "--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    return playwright.chromium.launch(executable_path=program, args=args, env={"HOME": str(folder)})


def test_a_school_without_a_public_server_has_a_certificate_and_comes_to_a_claimed_card(
    debian: tuple[Debian, str], playwright: Playwright, tmp_path: Path
) -> None:
    site, folder = debian
    (block,) = blocks("board.md", "For other devices")
    lines = [line for line in block.splitlines() if not line.startswith("apt ")]
    site.run("\n".join(lines).replace("hoc.example.vn", NAME), folder)
    certificate(site, folder)
    with served(site, folder, 8000) as said:
        link = first_day.printed_link(said)
        assert link.startswith(f"https://{NAME}/")
        browser = trusting(playwright, site, tmp_path)
        try:
            until(lambda: answers(tmp_path / "authority.pem"), "Caddy passes on what the site answers", 300)
            first_day.first_day(browser, link, tmp_path)
        finally:
            browser.close()
        assert "0 faults" in site.run(f"runuser -u cunghoc -- cunghoc doctor --data {DATA}", folder)


def answers(authority: Path) -> bool:
    """Whether a client that trusts the authority alone gets the site."""
    command = ["ip", "netns", "exec", NETWORK, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"]
    asked = [*command, "--cacert", str(authority), "--resolve", f"{NAME}:443:127.0.0.1", f"https://{NAME}/"]
    return subprocess.run(asked, capture_output=True, text=True).stdout == "200"
