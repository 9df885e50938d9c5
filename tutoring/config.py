"""Settings: a frozen dataclass read once from the environment; nothing else knows variable names."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
_KEYS = ("SECRET_KEY", "AUDIT_KEY", "FIELD_KEY")
_ORIGIN = re.compile(r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    secret_key: str
    audit_key: str
    field_key: str
    database_url: str
    redis_url: str | None = None
    redis_prefix: str = "cunghoc"
    production: bool = False
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    https: bool = False
    proxies: int = 0
    loopback: bool = True
    limits_scale: int = 1
    clock_shift: int = 0  # seconds that the clock of this process goes ahead: for rehearsals
    content: Path = ROOT / "content"
    static: Path = ROOT / "static"
    media: Path = ROOT / "instance" / "media"
    tombstones: Path = ROOT / "instance" / "tombstones.jsonl"  # who was erased: outside what a backup brings back
    audit_anchors: Path = ROOT / "instance" / "audit-anchors.jsonl"
    jobs: bool = True
    stock_sockets: bool = False  # the libraries' own transport, in case ours does not do somewhere
    smtp_url: str | None = None
    mail_from: str = ""
    audit_mail: str = ""

    def check(self) -> None:
        """Refuse settings that would be unsafe; raises ValueError with one sentence."""
        if not self.origins or not all(map(_exact, self.origins)):
            raise ValueError("ORIGINS must list every address of the site exactly, such as https://hoc.example.vn")
        if self.proxies < 0:
            raise ValueError("PROXIES is the number of proxies in front of the site, 0 or more")
        keys = (self.secret_key, self.audit_key, self.field_key)
        if min(map(len, keys)) < 32 or any(map(_guessable, keys)):
            raise ValueError("SECRET_KEY, AUDIT_KEY and FIELD_KEY must be random, with at least 32 characters each")
        if len(set(keys)) < 3:
            raise ValueError("SECRET_KEY, AUDIT_KEY and FIELD_KEY must differ from one another")
        if self.production and self.limits_scale != 1:
            raise ValueError("LIMITS_SCALE is for load tests only and is refused with APP_ENV=production")
        if self.production and self.clock_shift:
            raise ValueError("CLOCK_SHIFT is for rehearsals only and is refused with APP_ENV=production")
        if self.production and not self.https:
            raise ValueError("APP_ENV=production needs https:// addresses in ORIGINS")
        if self.smtp_url and "@" not in self.mail_from:
            raise ValueError("SMTP_URL needs MAIL_FROM, the address that e-mail comes from")
        if self.audit_mail and not ("@" in self.audit_mail and self.smtp_url):
            raise ValueError("AUDIT_MAIL is an e-mail address, and needs SMTP_URL")

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; on a development machine keys and database live in instance/."""
        env = os.environ if env is None else env
        if env.get("APP_ENV", "") not in {"", "development", "production"}:
            raise ValueError("APP_ENV is either production or development")
        if env.get("SOCKETS", "") not in {"", "own", "stock"}:
            raise ValueError("SOCKETS is either own or stock")
        production = env.get("APP_ENV") == "production"
        port = env.get("PORT", "8000")
        instance = Path(env.get("INSTANCE", ROOT / "instance"))
        local = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
        origins = tuple(part.strip().rstrip("/") for part in env.get("ORIGINS", "").split(",") if part.strip())
        if not production:
            instance.mkdir(parents=True, exist_ok=True)
            origins = origins or local
        keys = {key: _key(key, env, None if production else instance) for key in _KEYS}
        settings = cls(
            secret_key=keys["SECRET_KEY"],
            audit_key=keys["AUDIT_KEY"],
            field_key=keys["FIELD_KEY"],
            database_url=_database(env.get("DATABASE_URL"), instance),
            redis_url=env.get("REDIS_URL") or None,
            redis_prefix=env.get("REDIS_PREFIX", "cunghoc"),
            production=production,
            origins=origins,
            hosts=tuple(origin.split("://")[-1] for origin in origins),
            https=bool(origins) and all(origin.startswith("https://") for origin in origins),
            proxies=int(env.get("PROXIES", "0")),
            # A site that has another name too is reached by others, whatever address it is bound to.
            loopback=_LOOPBACK.issuperset([env.get("BIND", "127.0.0.1"), *map(_host, origins)]),
            limits_scale=int(env.get("LIMITS_SCALE", "1")),
            clock_shift=int(env.get("CLOCK_SHIFT", "0")),
            content=Path(env.get("CONTENT", ROOT / "content")),
            media=Path(env.get("MEDIA", instance / "media")),
            tombstones=Path(env.get("TOMBSTONES", instance / "tombstones.jsonl")),
            audit_anchors=Path(env.get("AUDIT_ANCHORS", instance / "audit-anchors.jsonl")),
            jobs=env.get("JOBS", "1") != "0",
            stock_sockets=env.get("SOCKETS", "") == "stock",
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=env.get("MAIL_FROM", ""),
            audit_mail=env.get("AUDIT_MAIL", ""),
        )
        settings.check()
        return settings


def _guessable(key: str) -> bool:
    """Whether a key is one that stands in instructions, or one sign over and over."""
    return len(set(key)) < 8 or any(word in key.lower() for word in ("change", "default", "example", "secret"))


def _exact(origin: str) -> bool:
    """Whether this is an origin as browsers send it: scheme, host and perhaps port, in small letters, nothing else."""
    usual = (origin.startswith("http:") and origin.endswith(":80")) or origin.endswith(":443")  # never sent
    return bool(_ORIGIN.fullmatch(origin)) and not usual


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _database(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'cunghoc.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def _key(name: str, env: Mapping[str, str], instance: Path | None) -> str:
    if value := env.get(name):
        return value
    if path := env.get(f"{name}_FILE"):
        return Path(path).read_text("utf-8").strip()
    if instance is None:
        return ""
    kept = instance / name.lower()
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return kept.read_text("utf-8")
