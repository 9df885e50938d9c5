"""Requests to an identity provider: its configuration, its keys, and the exchange of a code for an ID token.

Addresses come from coordinators and from the provider's own configuration, so each request passes the guard of
`kernel/outbound_http.py`. Only hosts that a site admin listed may stand in a private network.
"""

import base64
import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from tutoring.kernel import outbound_http, services
from tutoring.kernel.text import N_
from tutoring.openid.errors import ProviderFault
from tutoring.openid.site_settings import INSIDE_HOSTS

MOST = 200_000  # bytes of a configuration or of keys; Google's and Microsoft's have below 20,000
KEEP = 600.0  # seconds for which configuration and keys are kept
AGAIN = 30.0  # seconds before an unknown key makes the keys be fetched again
PAUSE = 15.0  # seconds after a failure in which the server is not asked again: each question can hold a thread
WAIT = 2.0  # seconds to wait for another thread that asks the same server

_NOT_HTTPS = N_("Địa chỉ của máy chủ tài khoản phải bắt đầu bằng https://. Đang là: %(address)s")
_INWARD = N_(
    "Máy %(host)s nằm trong mạng riêng. Quản trị trang thêm tên máy này vào cài đặt "
    "“Máy chủ tài khoản trong mạng riêng của trường” rồi thử lại."
)
_SILENT = N_("Máy chủ %(host)s không trả lời, hoặc chứng chỉ của máy không hợp lệ. Hãy xem lại địa chỉ, rồi thử lại.")
_STATUS = N_("Máy chủ %(host)s trả lời mã %(status)s thay vì nội dung. Hãy xem lại địa chỉ nhà cung cấp.")
_NO_JSON = N_("Nội dung từ %(host)s không đọc được. Hãy xem lại địa chỉ nhà cung cấp.")
_ISSUER = N_("Máy chủ xưng là %(told)s, khác địa chỉ đã ghi. Hãy ghi đúng từng chữ, kể cả dấu / ở cuối.")
_LACKS = N_("Cấu hình của máy chủ thiếu hoặc sai: %(what)s. Hãy hỏi người quản lý máy chủ tài khoản.")
_SECRET = N_("Máy chủ không nhận mã ứng dụng hoặc khoá bí mật. Hãy chép lại hai giá trị này từ trang của nhà cung cấp.")
_REFUSED = N_("Máy chủ tài khoản không cấp kết quả đăng nhập (%(error)s). Hãy thử đăng nhập lại.")


@dataclass(frozen=True)
class Configuration:
    """What a provider says of itself, checked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    algorithms: tuple[str, ...]
    posts_secret: bool  # the token endpoint takes the secret in the form
    names_issuer: bool  # its answers name the issuer (RFC 9207)


@dataclass
class _Kept:
    """Configuration and keys of one issuer, with when each was fetched (monotonic), and the last failure."""

    configuration: Configuration | None = None
    at: float = 0.0
    keys: dict[str, Any] = field(default_factory=dict)
    keys_at: float = 0.0
    fault: ProviderFault | None = None
    fault_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class ProviderMemory:
    """What an application has fetched from identity providers, by issuer; each process has its own."""

    by_issuer: dict[str, _Kept] = field(default_factory=dict)


def forget() -> None:
    """Forgets what was fetched, for a test of the settings."""
    services.current(ProviderMemory).by_issuer.clear()


def _of(issuer: str) -> _Kept:
    return services.current(ProviderMemory).by_issuer.setdefault(issuer, _Kept())


@contextmanager
def _asking(kept: _Kept, issuer: str) -> Iterator[None]:
    """Lets one thread at a time ask a server, and none shortly after a failure; raises ProviderFault."""
    if not kept.lock.acquire(timeout=WAIT):
        raise ProviderFault(_SILENT, code="silent", host=urlsplit(issuer).hostname)
    try:
        if kept.fault is not None and time.monotonic() - kept.fault_at < PAUSE:
            raise kept.fault
        try:
            yield
        except ProviderFault as fault:
            kept.fault, kept.fault_at = fault, time.monotonic()
            raise
        kept.fault = None
    finally:
        kept.lock.release()


def configuration(issuer: str) -> Configuration:
    """Returns the provider's configuration, fetched at most every ten minutes; raises ProviderFault."""
    kept = _of(issuer)
    found = kept.configuration
    if found is None or time.monotonic() - kept.at > KEEP:
        with _asking(kept, issuer):
            found = kept.configuration = _configuration(issuer)
            kept.at = time.monotonic()
    return found


def _configuration(issuer: str) -> Configuration:
    told = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != issuer:
        raise ProviderFault(_ISSUER, code="issuer", told=str(told.get("issuer"))[:200])
    metadata = import_module("authlib.oidc.discovery").OpenIDProviderMetadata(told)
    try:
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "subject_types_supported"):
            getattr(metadata, f"validate_{name}")()
    except ValueError as error:
        raise ProviderFault(_LACKS, code="metadata", what=str(error)[:120]) from None
    algorithms = import_module("tutoring.openid.id_tokens").usable(
        told.get("id_token_signing_alg_values_supported") or ["RS256"]
    )
    if not algorithms:
        raise ProviderFault(_LACKS, code="algorithms", what="id_token_signing_alg_values_supported")
    if "code" not in told.get("response_types_supported", ["code"]):
        raise ProviderFault(_LACKS, code="response_type", what="response_types_supported")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _check_https(told[name])
    return Configuration(
        issuer=issuer,
        authorization_endpoint=told["authorization_endpoint"],
        token_endpoint=told["token_endpoint"],
        jwks_uri=told["jwks_uri"],
        algorithms=algorithms,
        posts_secret="client_secret_post" in methods,
        names_issuer=told.get("authorization_response_iss_parameter_supported") is True,
    )


def keys(issuer: str, unknown: bool = False) -> dict[str, Any]:
    """Returns the provider's published keys as a JWK set. `unknown`: a token names a key that is not among them.

    After a roll-over the new keys are fetched at once, and not more often than every half minute, so that tokens with
    made-up keys cause no flood of requests.
    """
    kept, address = _of(issuer), configuration(issuer).jwks_uri
    age = time.monotonic() - kept.keys_at
    if not kept.keys or age > KEEP or (unknown and age > AGAIN):
        with _asking(kept, issuer):
            found = _fetch(address)
            if not isinstance(found.get("keys"), list):
                raise ProviderFault(_LACKS, code="keys", what="jwks_uri")
            kept.keys, kept.keys_at = found, time.monotonic()
    return kept.keys


def authorization_url(found: Configuration, client_id: str, redirect_uri: str, **more: str) -> str:
    """Returns where the browser goes to sign in; `more` holds state, nonce and the verifier of PKCE."""
    parameters = import_module("authlib.oauth2.rfc6749.parameters")
    challenge = import_module("authlib.oauth2.rfc7636").create_s256_code_challenge(more.pop("verifier"))
    return str(
        parameters.prepare_grant_uri(
            found.authorization_endpoint, client_id=client_id, response_type="code", redirect_uri=redirect_uri,
            scope="openid email", code_challenge=challenge, code_challenge_method="S256", **more,
        )
    )  # fmt: skip


def exchange(
    found: Configuration, client_id: str, secret: str, *, code: str, verifier: str, redirect_uri: str
) -> dict[str, Any]:
    """Exchanges a code for tokens; raises ProviderFault."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if found.posts_secret or not secret:
        form |= {"client_id": client_id} | ({"client_secret": secret} if secret else {})
    else:
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    answer = _call(found.token_endpoint, urlencode(form).encode(), headers)
    told = _read(found.token_endpoint, answer.body)
    if answer.status != 200 or "error" in told:
        error = str(told.get("error", answer.status))[:60]
        if error in ("invalid_client", "unauthorized_client") or answer.status == 401:
            raise ProviderFault(_SECRET, code="client")
        raise ProviderFault(_REFUSED, code="exchange", error=error)
    return told


def check_client(found: Configuration, client_id: str, secret: str, redirect_uri: str) -> None:
    """Asks the token endpoint with a code that does not exist; raises ProviderFault if it does not know the client."""
    try:
        exchange(found, client_id, secret, code="test", verifier="t" * 43, redirect_uri=redirect_uri)
    except ProviderFault as fault:
        if fault.code != "exchange":
            raise


def _check_https(url: object) -> None:
    try:
        fits = isinstance(url, str) and urlsplit(url).scheme == "https" and bool(urlsplit(url).hostname)
    except ValueError:
        fits = False
    if not fits:
        raise ProviderFault(_NOT_HTTPS, code="https", address=str(url)[:120])


def _fetch(url: str) -> dict[str, Any]:
    answer = _call(url, None, {"Accept": "application/json"})
    if answer.status != 200:
        raise ProviderFault(_STATUS, code="status", host=urlsplit(url).hostname, status=answer.status)
    return _read(url, answer.body)


def _call(url: str, body: bytes | None, headers: Mapping[str, str]) -> outbound_http.Answer:
    _check_https(url)
    host = urlsplit(url).hostname or ""
    inward = host in INSIDE_HOSTS()
    try:
        if body is None:
            return outbound_http.get(url, headers, inward=inward, most=MOST)
        return outbound_http.post(url, body, headers, inward=inward, most=MOST)
    except outbound_http.DestinationNotAllowed:
        raise ProviderFault(_INWARD, code="inward", host=host) from None
    except (OSError, http.client.HTTPException):
        raise ProviderFault(_SILENT, code="silent", host=host) from None


def _read(url: str, body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ProviderFault(_NO_JSON, code="json", host=urlsplit(url).hostname)
    return told
