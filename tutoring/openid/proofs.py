"""The way to a provider and back: what the browser takes along, and the identity that it brings.

An attempt stays in the browser's signed session: state, nonce and the verifier of PKCE, all of them random. It ends
with the first return, right or wrong. A nonce is accepted once for the whole site, so that a copied session
with a copied answer opens nothing.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, encryption
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.openid import provider_client
from tutoring.openid.errors import ProviderFault
from tutoring.openid.models import IdentityProvider, SpentToken

ATTEMPT_LIFE = timedelta(minutes=10)
PROOF_LIFE = timedelta(minutes=10)
_TOKEN_LIFE = timedelta(days=1)  # longer than any ID token of the providers in docs/sign-in.md

_OTHER_BROWSER = N_("Lần đăng nhập này đã hết hạn hoặc mở ở máy khác. Hãy bấm lại nút đăng nhập.")
_DECLINED = N_("Bạn chưa đăng nhập ở trang tài khoản trường. Hãy thử lại, hoặc đăng nhập bằng mật khẩu.")
_DOMAIN = N_("Tài khoản này không thuộc trường. Ở trang tài khoản trường, hãy chọn đúng tài khoản do trường cấp.")


@dataclass(frozen=True)
class Attempt:
    """One way to a provider, begun in this browser. `user_id` is who links, or None for a sign-in."""

    provider_id: int
    state: str
    nonce: str
    verifier: str
    until: int
    target: str = "/"
    shared: bool = False
    user_id: int | None = None

    def stored(self) -> dict[str, Any]:
        """Returns the attempt as the session keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Proof:
    """An identity that this browser has proven a short while ago. `shown` is a masked address, never stored."""

    provider_id: int
    subject: str
    session: str
    shown: str
    until: int
    user_id: int | None = None
    shared: bool = False

    def sealed(self) -> str:
        """Returns the proof as the session keeps it: encrypted, because sessions are readable."""
        return base64.urlsafe_b64encode(encryption.encrypt(json.dumps(asdict(self)), "openid proof")).decode()


def opened(sealed: object) -> Proof | None:
    """Returns a proof of this browser that still counts, or None."""
    if not isinstance(sealed, str):
        return None
    try:
        found = Proof(**json.loads(encryption.decrypt(base64.urlsafe_b64decode(sealed), "openid proof")))
    except (encryption.DecryptionError, ValueError, TypeError):
        return None
    return found if found.until > clock.now().timestamp() else None


def begin(
    provider: IdentityProvider, redirect_uri: str, target: str, *, shared: bool = False, user_id: int | None = None
) -> tuple[Attempt, str]:
    """Begins the way to a provider; returns the attempt and the address. Raises ProviderFault."""
    found = provider_client.configuration(provider.issuer)
    until = round((clock.now() + ATTEMPT_LIFE).timestamp())
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    attempt = Attempt(provider.id, state, nonce, verifier, until, target, shared, user_id)
    address = provider_client.authorization_url(
        found, provider.client_id, redirect_uri, state=state, nonce=nonce, verifier=verifier
    )
    return attempt, address


def attempt_of(stored: object, provider_id: int, state: str) -> Attempt:
    """Returns the attempt that a return belongs to; raises ProviderFault.

    An attempt belongs to one provider: the answer of another one does not count for it.
    """
    try:
        found = Attempt(**stored) if isinstance(stored, dict) else None
    except TypeError:
        found = None
    if found is None or found.provider_id != provider_id or not secrets.compare_digest(
        found.state.encode(), state.encode()
    ):  # fmt: skip
        raise ProviderFault(_OTHER_BROWSER, code="state")
    if found.until < clock.now().timestamp():
        raise ProviderFault(_OTHER_BROWSER, code="old")
    return found


def finish(provider: IdentityProvider, attempt: Attempt, answer: Mapping[str, str], redirect_uri: str) -> Proof:
    """Returns the identity that a return proves; raises ProviderFault."""
    found = provider_client.configuration(provider.issuer)
    told = answer.get("iss")
    if (told is not None and told != provider.issuer) or (told is None and found.names_issuer):
        raise ProviderFault(_OTHER_BROWSER, code="mix_up")
    if "error" in answer or not answer.get("code"):
        raise ProviderFault(_DECLINED, code="declined")
    tokens = provider_client.exchange(
        found, provider.client_id, provider.client_secret or "", code=answer["code"], verifier=attempt.verifier,
        redirect_uri=redirect_uri,
    )  # fmt: skip
    id_tokens = import_module("tutoring.openid.id_tokens")
    claims: dict[str, Any] = id_tokens.verify_id_token(
        tokens.get("id_token"), lambda again: provider_client.keys(provider.issuer, again), issuer=provider.issuer,
        client_id=provider.client_id, algorithms=found.algorithms, now=clock.now(), nonce=attempt.nonce,
        access_token=str(tokens.get("access_token") or ""),
    )  # fmt: skip
    domains = provider.domains.split()
    if domains and id_tokens.email_domain(claims) not in domains:
        raise ProviderFault(_DOMAIN, code="domain")
    if not spend(f"nonce {provider.id} {attempt.nonce}"):
        raise ProviderFault(_OTHER_BROWSER, code="replay")
    return Proof(
        provider.id, claims["sub"], _text(claims.get("sid")), _masked(claims.get("email")),
        round((clock.now() + PROOF_LIFE).timestamp()), attempt.user_id, attempt.shared,
    )  # fmt: skip


@command
def spend(text: str) -> bool:
    """Notes that a nonce or a token was used; returns False when it had been used before."""
    moment = clock.now()
    db.session.execute(sa.delete(SpentToken).where(SpentToken.until < moment))
    return insert_if_absent(SpentToken, mark=encryption.blind_index(text, "openid token"), until=moment + _TOKEN_LIFE)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _masked(email: object) -> str:
    if not isinstance(email, str) or email.count("@") != 1 or len(email) > 254:
        return ""
    name, _, place = email.partition("@")
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{place}"
