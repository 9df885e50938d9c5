"""A Debian in a folder: shell commands run there as root, with what they mount gone when they end."""

import os
import shlex
import subprocess
from pathlib import Path

from tutoring.config import ROOT

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What this machine tells pip, npm and others of its certificates and mirrors; a computer of a reader has none of these.
MACHINE = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX")
SAYS = {
    "CURL_CA_BUNDLE": "/machine.crt", "NODE_EXTRA_CA_CERTS": "/machine.crt", "PIP_CERT": "/machine.crt",
    "REQUESTS_CA_BUNDLE": "/machine.crt", "SSL_CERT_FILE": "/machine.crt",
}  # fmt: skip
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Debian:
    """The root of one installed system."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.network = ""  # the network namespace of all commands; the machine's own without a name
        (root / "machine.crt").write_bytes(CERTIFICATES.read_bytes() if CERTIFICATES.exists() else b"")
        for name in ("resolv.conf", "hosts"):
            (root / "etc" / name).write_bytes(Path("/etc", name).read_bytes())
        (root / "release").mkdir(exist_ok=True)

    @classmethod
    def bootstrapped(cls, folder: Path) -> "Debian":
        """The smallest Debian 13 that mmdebstrap makes, with apt."""
        archive, root = folder / "debian.tar", folder / "debian"
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", "trixie", str(archive)], stdin=subprocess.DEVNULL, check=True
        )
        root.mkdir()
        subprocess.run(["tar", "-x", "-C", str(root), "-f", str(archive)], check=True)
        archive.unlink()
        return cls(root)

    def command(self, script: str, folder: str = "/", *, read_only: str = "", **env: str) -> list[str]:
        """A command that runs a script of the shell there; the checkout of these tests is at /release.

        With `read_only` the root file system cannot be written but for this folder and /tmp.
        """
        root = shlex.quote(str(self.root))
        kept = {name: os.environ[name] for name in MACHINE if name in os.environ}
        said = {
            **(SAYS if CERTIFICATES.exists() else {}),
            **kept,
            "PATH": PATH,
            "HOME": "/root",
            "LANG": "C.UTF-8",
            **env,
        }
        words = " ".join(shlex.quote(f"{name}={value}") for name, value in said.items())
        lines = [
            f"mount --bind {root} {root}", f"mount -t proc proc {root}/proc", f"mount --rbind /dev {root}/dev",
            f"mount --bind {shlex.quote(str(ROOT))} {root}/release", f"mount -o remount,ro,bind {root}/release",
        ]  # fmt: skip
        if read_only:
            place = root + shlex.quote(read_only)
            lines += [
                f"mount --bind {place} {place}",
                f"mount -o remount,ro,bind {root}",
                f"mount -t tmpfs tmpfs {root}/tmp",
            ]
        inside = f"cd {shlex.quote(folder)} && exec sh -ec {shlex.quote(script)}"
        lines.append(f"exec chroot {root} env -i {words} sh -c {shlex.quote(inside)}")
        within = ["ip", "netns", "exec", self.network] if self.network else []
        return [*within, "unshare", "--mount", "--propagation", "private", "sh", "-ec", "\n".join(lines)]

    def run(self, script: str, folder: str = "/", **how: str) -> str:
        """What a script says; the test fails with its end when it fails."""
        done = subprocess.run(
            self.command(script, folder, **how), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{script}\n{(done.stdout + done.stderr)[-4000:]}"
        return done.stdout + done.stderr
