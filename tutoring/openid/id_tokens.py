"""Verification of ID tokens and logout tokens: signature, issuer, audience, time, nonce.

Tokens come from a provider through the user's browser or straight from the network. Everything in them is untrusted
until `verify` has returned. It is pure: keys and time are given.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tutoring.kernel.text import N_
from tutoring.openid.errors import GOOGLE, ProviderFault

# Signatures by the provider's private key only. With HS256 a public key could be used as the shared secret, and "none"
# is no signature.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_KINDS = frozenset({"RSA", "EC", "OKP"})
LEEWAY = 60  # seconds by which clocks may differ
LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_AGE = 300  # seconds for which a logout token counts, also when it names no end

_BAD = N_("Kết quả đăng nhập từ máy chủ tài khoản không hợp lệ. Hãy thử lại, hoặc đăng nhập bằng mật khẩu.")

Keys = Callable[[bool], dict[str, Any]]  # the published keys; True fetches them again


def usable(told: Iterable[object]) -> tuple[str, ...]:
    """Returns those of a provider's signing algorithms that are accepted here."""
    known = set(map(str, told))
    return tuple(one for one in ALGORITHMS if one in known)


def fault(code: str) -> ProviderFault:
    """Returns the error of a token that does not hold; the user reads the same words for each check."""
    return ProviderFault(_BAD, code=code)


def verify_id_token(
    token: object, keys: Keys, *, issuer: str, client_id: str, algorithms: Iterable[str], now: datetime, nonce: str,
    access_token: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Returns the claims of an ID token; raises ProviderFault, whose code names the check that failed."""
    header, claims = _signed(token, keys, tuple(algorithms))
    moment = int(now.timestamp())
    _check_common(claims, issuer, client_id)
    checked = CodeIDToken(claims, header, params={"nonce": nonce, "client_id": client_id, "access_token": access_token})
    try:
        checked.validate(now=moment, leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as error:
        raise fault(getattr(error, "error", "claims")) from None
    if not nonce or claims.get("nonce") != nonce:
        raise fault("nonce")
    return claims


def verify_logout_token(
    token: object, keys: Keys, *, issuer: str, client_id: str, algorithms: Iterable[str], now: datetime
) -> dict[str, Any]:
    """Returns the claims of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""
    _header, claims = _signed(token, keys, tuple(algorithms))
    _check_common(claims, issuer, client_id, subject=False)
    moment = now.timestamp()
    issued, expires = claims.get("iat"), claims.get("exp", moment + LOGOUT_AGE)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (issued, expires)):
        raise fault("time")
    assert isinstance(issued, int | float)
    if not moment - LOGOUT_AGE - LEEWAY <= issued <= moment + LEEWAY or expires + LEEWAY < moment:
        raise fault("time")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict):
        raise fault("events")
    if "nonce" in claims:  # an ID token must not serve as a logout token
        raise fault("nonce")
    if not _is_text(claims.get("jti")):
        raise fault("jti")
    if not (_is_text(claims.get("sub")) or _is_text(claims.get("sid"))):
        raise fault("sub")
    return claims


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_SUBJECT


def _signed(token: object, keys: Keys, algorithms: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns header and claims of a token with a right signature. An unknown key is looked for once more."""
    if not isinstance(token, str) or token.count(".") != 2:
        raise fault("format")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise fault("format") from None
    if header.get("alg") not in algorithms:
        raise fault("alg")
    if "crit" in header or "b64" in header:
        raise fault("format")
    for again in (False, True):
        found = [key for key in keys(again)["keys"] if _fits(key, header)]
        if not found:
            continue
        try:
            decoded = jwt.decode(token, KeySet.import_key_set({"keys": found}), algorithms=list(algorithms))
            return dict(decoded.header), dict(decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError):
            if again or header.get("kid") is not None:
                raise fault("signature") from None
    raise fault("key")


def _fits(key: object, header: dict[str, Any]) -> bool:
    """Whether a published key may have signed: of a kind with a private part, for signing, with the named id."""
    if not isinstance(key, dict) or key.get("kty") not in _KINDS or key.get("use", "sig") != "sig":
        return False
    if "alg" in key and key["alg"] != header["alg"]:
        return False
    return header.get("kid") is None or key.get("kid") == header["kid"]


def _check_common(claims: dict[str, Any], issuer: str, client_id: str, subject: bool = True) -> None:
    if claims.get("iss") != issuer:
        raise fault("iss")
    told = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    if client_id not in audience:
        raise fault("aud")
    if len(audience) > 1 and claims.get("azp") != client_id:
        raise fault("azp")
    if subject and not _is_text(claims.get("sub")):
        raise fault("sub")


def email_domain(claims: dict[str, Any]) -> str:
    """Returns the domain of the account that the provider vouches for, or an empty text.

    A provider vouches by `email_verified`, Google for accounts of an organisation by `hd`, Microsoft Entra by the
    optional claim `xms_edov`. An address without one of them may be typed by its user, so it has no domain here.
    """
    hosted = claims.get("hd")
    if claims.get("iss") == GOOGLE and isinstance(hosted, str) and hosted:
        return hosted.lower()
    email = claims.get("email")
    verified = claims.get("email_verified") is True or claims.get("xms_edov") in (True, 1, "1", "true")
    if not verified or not isinstance(email, str) or email.count("@") != 1:
        return ""
    return email.rpartition("@")[2].lower()
