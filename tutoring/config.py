"""Settings: a frozen dataclass read once from the environment.

No other module knows the names of environment variables.
"""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PACKAGE = Path(__file__).resolve().parent
_SITE_FILES = PACKAGE / "site_files"  # in an installed wheel: what stands beside the package in a checkout
ROOT = _SITE_FILES if _SITE_FILES.is_dir() else PACKAGE.parent
KEYS = ("SECRET_KEY", "AUDIT_KEY", "FIELD_KEY")
_AT = r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?"
_ORIGIN = re.compile(rf"https?://{_AT}")
_STUN = re.compile(rf"stuns?:{_AT}")
_TURN = re.compile(rf"turns?:{_AT}(\?transport=(udp|tcp))?")
_INSIDE = (".lan", ".local", ".internal", ".home.arpa")  # names that exist inside a network only
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    secret_key: str
    audit_key: str
    field_key: str
    database_url: str
    secret_key_fallbacks: tuple[str, ...] = ()  # older keys: they open and verify, and make nothing new
    audit_key_fallbacks: tuple[str, ...] = ()
    field_key_fallbacks: tuple[str, ...] = ()
    index_key: str = ""  # of blind indexes; empty: FIELD_KEY, which then must never change
    redis_url: str | None = None
    redis_prefix: str = "cunghoc"
    production: bool = False
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    https: bool = False
    proxies: int = 0
    loopback: bool = True
    local_network: bool = False  # plain http:// in a trusted network of a school; docs/school-network.md
    limits_scale: int = 1
    clock_shift: int = 0  # seconds that this process's clock runs ahead: for practice runs only
    content: Path = ROOT / "content"
    static: Path = ROOT / "static"
    media: Path = ROOT / "instance" / "media"
    tombstones: Path = ROOT / "instance" / "tombstones.jsonl"  # erased accounts: kept outside what a backup restores
    audit_anchors: Path = ROOT / "instance" / "audit-anchors.jsonl"
    jobs: bool = True
    prepared: bool = True  # server-side prepared statements; must be off behind a PgBouncer older than 1.22
    stock_sockets: bool = False  # use the libraries' own socket transport, a fallback where ours fails
    metrics_token: str = ""  # bearer token for /metrics; without it the endpoint is closed
    slow_query_ms: int = 200  # a slower statement is logged
    backup_recipient: str = ""  # an age public key; without it no backup is made
    backup_database_url: str = ""  # direct database address, where DATABASE_URL goes through a pooler
    smtp_url: str | None = None
    mail_from: str = ""
    audit_mail: str = ""
    vapid_key: str | None = None  # browser pushes are off without it
    vapid_subject: str = ""
    push_loopback: bool = False  # allow a push service on this machine: for practice runs
    sms_url: str | None = None  # the SMS gateway; docs/gateways.md
    sms_token: str = ""
    sms_accents: bool = False
    sms_templates: Mapping[str, str] = field(default_factory=dict)  # ids of approved texts, by topic
    sms_per_person: int = 5  # per day
    sms_per_day: int = 500  # for the whole site
    heartbeat_url: str = ""  # called every five minutes while background jobs run; docs/operations.md
    stun_urls: tuple[str, ...] = ()  # STUN servers for browsers in a call; docs/calls.md
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""  # the key that the TURN server shares with the site
    turn_minutes: int = 60  # lifetime of TURN passwords

    def check(self) -> None:
        """Rejects unsafe settings; raises ValueError with one sentence."""
        if not self.origins or not all(map(_exact, self.origins)):
            raise ValueError("ORIGINS must list every address of the site exactly, such as https://hoc.example.vn")
        if self.proxies < 0:
            raise ValueError("PROXIES is the number of proxies in front of the site, 0 or more")
        self._check_keys()
        if self.production and self.limits_scale != 1:
            raise ValueError("LIMITS_SCALE is for load tests only and is refused with APP_ENV=production")
        if self.production and self.clock_shift:
            raise ValueError("CLOCK_SHIFT is for rehearsals only and is refused with APP_ENV=production")
        if self.production and not self.https and not self.loopback and not self.local_network:
            raise ValueError(
                "APP_ENV=production needs https:// addresses in ORIGINS, except on this computer alone (127.0.0.1)"
            )
        if self.local_network and not all(map(_is_inside, self.origins)):
            raise ValueError(
                "LOCAL_NETWORK=1 takes http:// addresses of a school's own network only: private addresses such as "
                "http://192.168.1.10:8000, or names that end in .lan, .local, .internal or .home.arpa"
            )
        if self.metrics_token and len(self.metrics_token) < 16:
            raise ValueError("METRICS_TOKEN is at least 16 characters, which a monitor sends as a bearer token")
        if self.slow_query_ms < 1:
            raise ValueError("SLOW_QUERY_MS is a number of milliseconds, 1 or more")
        if self.backup_recipient and not self.backup_recipient.startswith("age1"):
            raise ValueError("BACKUP_RECIPIENT is an age public key, age1…")
        if self.smtp_url and "@" not in self.mail_from:
            raise ValueError("SMTP_URL needs MAIL_FROM, the address that email comes from")
        if self.audit_mail and not ("@" in self.audit_mail and self.smtp_url):
            raise ValueError("AUDIT_MAIL is an email address, and needs SMTP_URL")
        self._check_gateways()
        self._check_calls()

    def _check_keys(self) -> None:
        """Checks the keys, and the older ones of their rings."""
        keys = (self.secret_key, self.audit_key, self.field_key)
        if min(map(len, keys)) < 32 or any(map(_guessable, keys)):
            raise ValueError("SECRET_KEY, AUDIT_KEY and FIELD_KEY must be random, with at least 32 characters each")
        if len(set(keys)) < 3:
            raise ValueError("SECRET_KEY, AUDIT_KEY and FIELD_KEY must differ from one another")
        rings = {
            "SECRET_KEY": (self.secret_key, *self.secret_key_fallbacks),
            "AUDIT_KEY": (self.audit_key, *self.audit_key_fallbacks),
            "FIELD_KEY": (self.field_key, *self.field_key_fallbacks),
        }
        for name, ring in rings.items():
            if min(map(len, ring)) < 32:
                raise ValueError(
                    f"{name}_FALLBACKS lists older keys of 32 characters or more, one a line or after a comma"
                )
            if len(set(ring)) < len(ring):
                raise ValueError(f"{name}_FALLBACKS must not list {name} itself, nor a key twice")
        if sum(map(len, rings.values())) != len(set().union(*rings.values())):
            raise ValueError("a key of one ring must not stand in another: SECRET_KEY, AUDIT_KEY, FIELD_KEY")
        if self.index_key and len(self.index_key) < 32:
            raise ValueError("INDEX_KEY is a key of 32 characters or more: the first FIELD_KEY that this site had")
        if self.field_key_fallbacks and not self.index_key:
            raise ValueError(
                "FIELD_KEY_FALLBACKS needs INDEX_KEY, the first FIELD_KEY that this site had: "
                "without it no account is found by phone number or card"
            )

    def _check_gateways(self) -> None:
        """Checks the settings of push, heartbeat and SMS."""
        if self.vapid_key and not self.vapid_subject.startswith(("mailto:", "https://")):
            raise ValueError("VAPID_KEY needs VAPID_SUBJECT, whom push services write to: mailto:… or https://…")
        if self.production and self.push_loopback:
            raise ValueError("PUSH_LOOPBACK is for rehearsals only and is refused with APP_ENV=production")
        if self.heartbeat_url and not _is_outside(self.heartbeat_url):
            raise ValueError("HEARTBEAT_URL is an https:// address of a monitor elsewhere, without a password before @")
        if not self.sms_url:
            return
        parts = urlsplit(self.sms_url)
        near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (near or parts.scheme == "https") or not parts.hostname or parts.username or parts.password:
            raise ValueError("SMS_URL is an https:// address without a password in it, or http:// on this machine")
        if len(self.sms_token) < 16:
            raise ValueError("SMS_URL needs SMS_TOKEN, at least 16 characters that the gateway knows us by")
        if min(self.sms_per_person, self.sms_per_day) < 1:
            raise ValueError("SMS_PER_PERSON and SMS_PER_DAY are the most short messages of a day, 1 or more")

    def _check_calls(self) -> None:
        """Checks the STUN and TURN settings that browsers in a call receive."""
        if not all(map(_STUN.fullmatch, self.stun_urls)):
            raise ValueError("STUN_URLS is a list such as stun:turn.hoc.example.vn:3478")
        if not all(map(_TURN.fullmatch, self.turn_urls)):
            raise ValueError("TURN_URLS is a list such as turn:turn.hoc.example.vn:3478?transport=udp")
        if self.turn_urls and (len(self.turn_secret) < 32 or _guessable(self.turn_secret)):
            raise ValueError("TURN_URLS needs TURN_SECRET, a random key of 32 characters that the TURN server has too")
        if self.turn_secret and self.turn_secret in (self.secret_key, self.audit_key, self.field_key):
            raise ValueError("TURN_SECRET is known to another server too: it must differ from the other keys")
        if not 5 <= self.turn_minutes <= 24 * 60:
            raise ValueError("TURN_MINUTES is how long a password for TURN holds, 5 to 1440 minutes")

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Reads the environment; on a development machine keys and database live in instance/."""
        env = os.environ if env is None else env
        if env.get("APP_ENV", "") not in {"", "development", "production"}:
            raise ValueError("APP_ENV is either production or development")
        if env.get("SOCKETS", "") not in {"", "own", "stock"}:
            raise ValueError("SOCKETS is either own or stock")
        production = env.get("APP_ENV") == "production"
        port = env.get("PORT", "8000")
        instance = Path(env.get("INSTANCE", ROOT / "instance"))
        local = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
        origins = tuple(part.rstrip("/") for part in _listed("ORIGINS", env))
        if not production:
            instance.mkdir(parents=True, exist_ok=True)
            origins = origins or local
        keys = {key: _key(key, env, None if production else instance) for key in KEYS}
        settings = cls(
            secret_key=keys["SECRET_KEY"],
            audit_key=keys["AUDIT_KEY"],
            field_key=keys["FIELD_KEY"],
            database_url=database_address(env.get("DATABASE_URL"), instance),
            secret_key_fallbacks=_older("SECRET_KEY", env),
            audit_key_fallbacks=_older("AUDIT_KEY", env),
            field_key_fallbacks=_older("FIELD_KEY", env),
            index_key=_secret("INDEX_KEY", env),
            redis_url=env.get("REDIS_URL") or None,
            redis_prefix=env.get("REDIS_PREFIX", "cunghoc"),
            production=production,
            origins=origins,
            hosts=tuple(origin.split("://")[-1] for origin in origins),
            https=bool(origins) and all(origin.startswith("https://") for origin in origins),
            proxies=int(env.get("PROXIES", "0")),
            # A site with another public name is reachable from outside, even if it binds to loopback.
            loopback=_LOOPBACK.issuperset([env.get("BIND", "127.0.0.1"), *map(_host, origins)]),
            local_network=env.get("LOCAL_NETWORK", "0") == "1",
            limits_scale=int(env.get("LIMITS_SCALE", "1")),
            clock_shift=int(env.get("CLOCK_SHIFT", "0")),
            content=Path(env.get("CONTENT", ROOT / "content")),
            media=Path(env.get("MEDIA", instance / "media")),
            tombstones=Path(env.get("TOMBSTONES", instance / "tombstones.jsonl")),
            audit_anchors=Path(env.get("AUDIT_ANCHORS", instance / "audit-anchors.jsonl")),
            jobs=env.get("JOBS", "1") != "0",
            prepared=env.get("PREPARED_STATEMENTS", "1") != "0",
            stock_sockets=env.get("SOCKETS", "") == "stock",
            metrics_token=_secret("METRICS_TOKEN", env),
            slow_query_ms=int(env.get("SLOW_QUERY_MS", "200")),
            backup_recipient=env.get("BACKUP_RECIPIENT", ""),
            backup_database_url=database_address(url, instance) if (url := _secret("BACKUP_DATABASE_URL", env)) else "",
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=env.get("MAIL_FROM", ""),
            audit_mail=env.get("AUDIT_MAIL", ""),
            **_outward(env),
        )
        settings.check()
        if production and settings.database_url.startswith("sqlite:///"):
            folder = Path(settings.database_url.removeprefix("sqlite:///")).parent
            if not folder.is_dir():  # SQLite's own error names neither the folder nor the setting
                raise ValueError(f"INSTANCE: there is no folder {folder}; make it, and let the server write in it")
        return settings


def _outward(env: Mapping[str, str]) -> dict[str, Any]:
    """Settings of outside servers: push, SMS, heartbeat, STUN and TURN."""
    return {
        "vapid_key": _secret("VAPID_KEY", env) or None,
        "vapid_subject": env.get("VAPID_SUBJECT", ""),
        "push_loopback": env.get("PUSH_LOOPBACK", "0") == "1",
        "sms_url": env.get("SMS_URL") or None,
        "sms_token": _secret("SMS_TOKEN", env),
        "sms_accents": env.get("SMS_ACCENTS", "0") == "1",
        "sms_templates": {
            name.strip(): id.strip() for name, _, id in (part.partition("=") for part in _listed("SMS_TEMPLATES", env))
        },
        "sms_per_person": int(env.get("SMS_PER_PERSON", "5")),
        "sms_per_day": int(env.get("SMS_PER_DAY", "500")),
        "heartbeat_url": _secret("HEARTBEAT_URL", env),
        "stun_urls": _listed("STUN_URLS", env),
        "turn_urls": _listed("TURN_URLS", env),
        "turn_secret": _secret("TURN_SECRET", env),
        "turn_minutes": int(env.get("TURN_MINUTES", "60")),
    }


def _guessable(key: str) -> bool:
    """Whether a key looks like a placeholder from instructions or repeats few characters."""
    return len(set(key)) < 8 or any(word in key.lower() for word in ("change", "default", "example", "secret"))


def _exact(origin: str) -> bool:
    """Whether this is an origin exactly as browsers send it.

    That is scheme, host and an optional port, in lower case, with nothing else.
    """
    # browsers leave out default ports
    usual = (origin.startswith("http:") and origin.endswith(":80")) or origin.endswith(":443")
    return bool(_ORIGIN.fullmatch(origin)) and not usual


def _is_inside(origin: str) -> bool:
    """Whether an origin needs no certificate: it has one, or is this computer or an address that only exists inside."""
    host = _host(origin)
    if origin.startswith("https://") or host in _LOOPBACK or host.endswith(_INSIDE):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _is_outside(url: str) -> bool:
    """Whether the URL has the form of a TLS address on another machine.

    Where its name resolves to is checked at each call (`kernel/outbound_http.py`).
    """
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme == "https" and named and not (parts.username or parts.password) and url.isascii() and (
        parts.hostname not in _LOOPBACK
    )  # fmt: skip


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def database_address(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'cunghoc.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def _listed(name: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """Splits a comma-separated variable and drops empty parts."""
    return tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())


def _secret(name: str, env: Mapping[str, str]) -> str:
    """Returns a secret from the environment or from the file that NAME_FILE names."""
    if value := env.get(name):
        return value
    path = env.get(f"{name}_FILE")
    return Path(path).read_text("utf-8").strip() if path else ""


def _older(name: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the older keys of a ring: one a line, or separated by commas."""
    told = _secret(f"{name}_FALLBACKS", env)
    parts = told.splitlines() if "\n" in told else told.split(",")
    return tuple(part.strip() for part in parts if part.strip())


def _key(name: str, env: Mapping[str, str], instance: Path | None) -> str:
    if value := _secret(name, env):
        return value
    if instance is None:
        return ""
    kept = instance / name.lower()
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return kept.read_text("utf-8")
