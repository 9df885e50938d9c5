"""An OpenID Connect provider on this machine: authlib's authorization server, over TLS, with faults to plant.

Each browser is signed in as `person` at once. Tests plant faults in `claims`, `sign`, `metadata` and `jwks`.
"""

import base64
import contextlib
import hmac
import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from tests import fake_services
from tutoring.kernel import clock
from tutoring.openid.id_tokens import LOGOUT

CLIENT, SECRET = "cung-hoc", "the-secret~of.the_client"
Change = Callable[[dict[str, Any]], None]


def by_hmac(claims: dict[str, Any], secret: bytes, kid: str | None) -> str:
    """A token signed with HS256, by hand: the library refuses a public key as a secret."""
    parts = [encoded({"alg": "HS256", "kid": kid}), encoded(claims)]
    made = hmac.new(secret, ".".join(parts).encode(), "sha256").digest()
    return ".".join([*parts, base64.urlsafe_b64encode(made).decode().rstrip("=")])


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


KEYS = {kid: new_key(kid) for kid in ("one", "two")}  # made once: each takes a tenth of a second


@dataclass
class Person:
    """Who is signed in at the provider."""

    sub: str = "subject-1"
    email: str = "lan@truong.edu.vn"
    verified: bool = True
    sid: str = "session-1"

    def get_user_id(self) -> str:
        return self.sub


class Client(ClientMixin):
    """This site, as it is registered at the provider."""

    def __init__(self, redirects: set[str]) -> None:
        self.redirects = redirects

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """A code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    person: Person
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(clock.now().timestamp())

    def get_acr(self) -> None: ...

    def get_amr(self) -> None: ...


@dataclass
class Provider:
    """A running provider. Its clock is the application's."""

    issuer: str = ""
    person: Person = field(default_factory=Person)
    redirects: set[str] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEYS["one"])
    published: list[RSAKey] = field(default_factory=lambda: [KEYS["one"]])
    claims: Change = lambda _claims: None
    metadata: Change = lambda _metadata: None
    jwks: Change = lambda _keys: None
    sign: Callable[[dict[str, Any]], str] | None = None
    forgets_codes: bool = True
    asked: list[str] = field(default_factory=list)

    def signed(self, claims: dict[str, Any], header: dict[str, Any] | None = None, key: Any = None) -> str:
        """A token of these claims, as the provider signs it."""
        key = key or self.key
        return jwt.encode(header or {"alg": "RS256", "kid": key.kid}, claims, key, ["RS256"])

    def id_claims(self, **more: Any) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        made = {"iss": self.issuer, "sub": self.person.sub, "aud": CLIENT, "iat": now, "exp": now + 300,
                "email": self.person.email, "email_verified": self.person.verified, "sid": self.person.sid}  # fmt: skip
        return made | more

    def logout_token(self, **more: Any) -> str:
        """A token that says that the person signed out at the provider."""
        now = int(clock.now().timestamp())
        made = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j-1", "sub": self.person.sub,
                "sid": self.person.sid, "events": {LOGOUT: {}}} | more  # fmt: skip
        return self.signed({name: value for name, value in made.items() if value is not None})

    def visit(self, address: str) -> str:
        """Opens the sign-in page as a browser does, which is signed in at once; returns where it is sent back to."""
        parts = urlsplit(address)
        context = ssl.create_default_context()  # of the fixture, which trusts the provider's certificate
        line = http.client.HTTPSConnection("localhost", parts.port, context=context)
        line.request("GET", f"{parts.path}?{parts.query}")
        answer = line.getresponse()
        said = answer.read()
        line.close()
        assert answer.status == 302, said
        return answer.headers["Location"]


def _app(provider: Provider) -> Flask:
    class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            told = request.payload.data
            provider.codes[code] = Code(
                code, request.payload.redirect_uri, request.payload.scope, request.user, told.get("nonce"),
                told.get("code_challenge"), told.get("code_challenge_method"),
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            if provider.forgets_codes:
                del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> Person:
            return authorization_code.person

    class IdToken(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            made = provider.id_claims() | self.generate_user_info(request.user, token["scope"])
            made |= self.get_authorization_code_claims(request.authorization_code)
            provider.claims(made)
            return provider.sign(made) if provider.sign else provider.signed(made)

        def generate_user_info(self, user: Person, scope: str) -> UserInfo:
            return UserInfo(sub=user.sub, email=user.email, email_verified=user.verified)

    app = Flask("provider")
    server = AuthorizationServer()
    server.init_app(
        app, query_client=lambda name: Client(provider.redirects) if name == CLIENT else None,
        save_token=lambda _token, _request: None,
    )  # fmt: skip
    server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])

    @app.before_request
    def note() -> None:
        provider.asked.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Any:
        at = provider.issuer
        told = {
            "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys", "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }  # fmt: skip
        provider.metadata(told)
        return jsonify(told)

    @app.get("/keys")
    def keys() -> Any:
        told: dict[str, Any] = {"keys": [key.as_dict(private=False) for key in provider.published]}
        provider.jwks(told)
        return jsonify(told)

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=provider.person)
        return server.create_authorization_response(grant=grant, grant_user=provider.person)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


@contextlib.contextmanager
def running(certificate: Path) -> Iterator[Provider]:
    """Runs a provider on a free port."""
    provider = Provider()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True, ssl_context=context)
    provider.issuer = f"https://localhost:{server.server_port}"
    with fake_services.running(server):
        yield provider
