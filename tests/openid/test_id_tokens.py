"""Tokens of a provider: what is accepted, and each fault that is not, by the check that finds it."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.openid.local_provider import KEYS, by_hmac, encoded
from tutoring.openid import id_tokens
from tutoring.openid.errors import ProviderFault
from tutoring.openid.id_tokens import LOGOUT

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER, CLIENT, NONCE = "https://taikhoan.truong.edu.vn", "cung-hoc", "n" * 43
CLAIMS = {"iss": ISSUER, "sub": "s-1", "aud": CLIENT, "iat": AT, "exp": AT + 300, "nonce": NONCE}
SIGNING_OUT = {
    "iss": ISSUER,
    "sub": "s-1",
    "aud": CLIENT,
    "iat": AT,
    "exp": AT + 120,
    "jti": "j",
    "events": {LOGOUT: {}},
}
ONE, TWO = KEYS["one"], KEYS["two"]
Claims = dict[str, Any]


def signed(claims: Claims, key: Any = ONE, alg: str = "RS256", **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": "one"} | header, claims, key, [alg])


def published(*keys: RSAKey | ECKey) -> Callable[[bool], Claims]:
    return lambda _again: {"keys": [key.as_dict(private=False) for key in keys or (ONE,)]}


def verify(
    token: object, keys: Callable[[bool], Claims] | None = None, algorithms: tuple[str, ...] = ("RS256",)
) -> Claims:
    return id_tokens.verify_id_token(
        token, keys or published(), issuer=ISSUER, client_id=CLIENT, algorithms=algorithms, now=NOW, nonce=NONCE
    )


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ProviderFault) as caught:
        act()
    return caught.value.code


def without(name: str) -> Claims:
    return {key: value for key, value in CLAIMS.items() if key != name}


def test_a_right_token_gives_its_claims() -> None:
    assert verify(signed(CLAIMS)) == CLAIMS
    assert verify(signed(CLAIMS | {"aud": [CLIENT]}))["sub"] == "s-1"
    assert verify(signed(CLAIMS | {"aud": [CLIENT, "other"], "azp": CLIENT}))["sub"] == "s-1"
    assert verify(signed(CLAIMS | {"exp": AT - id_tokens.LEEWAY + 1, "iat": AT - 400}))["sub"] == "s-1"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        (CLAIMS | {"iss": "https://khac.edu.vn"}, "iss"),
        (CLAIMS | {"iss": ISSUER + "/"}, "iss"),
        (CLAIMS | {"iss": [ISSUER]}, "iss"),
        (without("iss"), "iss"),
        (CLAIMS | {"aud": "another client"}, "aud"),
        (CLAIMS | {"aud": []}, "aud"),
        (without("aud"), "aud"),
        (CLAIMS | {"aud": [CLIENT, "other"]}, "azp"),
        (CLAIMS | {"aud": [CLIENT, "other"], "azp": "other"}, "azp"),
        (CLAIMS | {"azp": "other"}, "invalid_claim"),
        (CLAIMS | {"exp": AT - 61}, "expired_token"),
        (CLAIMS | {"exp": "tomorrow"}, "invalid_claim"),
        (without("exp"), "missing_claim"),
        (CLAIMS | {"iat": AT + 3600}, "invalid_claim"),
        (without("iat"), "missing_claim"),
        (CLAIMS | {"nbf": AT + 3600}, "invalid_claim"),
        (CLAIMS | {"nonce": "x" * 43}, "invalid_claim"),
        (without("nonce"), "missing_claim"),
        (CLAIMS | {"sub": ""}, "sub"),
        (CLAIMS | {"sub": 7}, "sub"),
        (CLAIMS | {"sub": "s" * 256}, "sub"),
        (without("sub"), "sub"),
    ],
)  # fmt: skip
def test_a_claim_that_does_not_hold_is_refused(claims: Claims, code: str) -> None:
    assert refused(lambda: verify(signed(claims))) == code


def test_an_access_token_of_another_answer_is_refused() -> None:
    token = signed(CLAIMS | {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"})
    call = {"issuer": ISSUER, "client_id": CLIENT, "algorithms": ("RS256",), "now": NOW, "nonce": NONCE}
    assert refused(lambda: id_tokens.verify_id_token(token, published(), access_token="abc", **call)) == "invalid_claim"


def test_a_token_signed_by_nobody_is_refused() -> None:
    for alg in ("none", "None", "NONE", "nOnE", ""):
        assert refused(lambda alg=alg: verify(f"{encoded({'alg': alg})}.{encoded(CLAIMS)}.")) == "alg"  # type: ignore[misc]
    assert refused(lambda: verify(f"{encoded({'alg': 'RS256'})}.{encoded(CLAIMS)}.")) == "signature"
    for token in (None, "", "a.b", "a.b.c.d", 7, f"{encoded({})}.{encoded(CLAIMS)}.x"):
        assert refused(lambda token=token: verify(token)) in ("format", "alg")  # type: ignore[misc]


def test_the_public_key_is_no_shared_secret() -> None:
    """HS256 with the published key as the secret: the classic confusion of algorithms."""
    assert id_tokens.usable(("none", "HS256", "RS256")) == ("RS256",)
    for secret in (
        ONE.as_pem(private=False),
        json.dumps(ONE.as_dict(private=False)).encode(),
        ONE.as_der(private=False),
    ):
        token = by_hmac(CLAIMS, secret, "one")
        assert refused(lambda token=token: verify(token)) == "alg"  # type: ignore[misc]
        with_secret = {"keys": [{"kty": "oct", "kid": "one", "k": base64.urlsafe_b64encode(secret).decode()}]}
        found = refused(lambda token=token, keys=with_secret: verify(token, lambda _: keys, ("RS256", "HS256")))  # type: ignore[misc]
        assert found == "key"


def test_another_key_and_a_changed_text_are_refused() -> None:
    assert refused(lambda: verify(signed(CLAIMS, TWO))) == "signature"
    assert refused(lambda: verify(signed(CLAIMS, TWO, kid="two"))) == "key"
    head, _body, signature = signed(CLAIMS).split(".")
    forged = encoded(CLAIMS | {"sub": "s-2"})
    assert refused(lambda: verify(f"{head}.{forged}.{signature}")) == "signature"
    embedded = signed(CLAIMS, TWO, jwk=TWO.as_dict(private=False))
    assert refused(lambda: verify(embedded)) in ("signature", "format")
    for_sealing = {"keys": [ONE.as_dict(private=False) | {"use": "enc"}]}
    assert refused(lambda: verify(signed(CLAIMS), lambda _again: for_sealing)) == "key"


def test_an_algorithm_that_the_provider_does_not_name_is_refused() -> None:
    key = ECKey.generate_key("P-256", {"kid": "one"})
    token = jwt.encode({"alg": "ES256", "kid": "one"}, CLAIMS, key, ["ES256"])
    assert refused(lambda: verify(token, published(key))) == "alg"
    assert verify(token, published(key), ("ES256",))["sub"] == "s-1"


def test_after_a_roll_over_the_new_keys_are_fetched_once() -> None:
    asked: list[bool] = []

    def keys(again: bool) -> Claims:
        asked.append(again)
        return published(TWO if again else ONE)(again)

    assert verify(signed(CLAIMS, TWO, kid="two"), keys)["sub"] == "s-1"
    assert asked == [False, True]
    asked.clear()
    assert refused(lambda: verify(signed(CLAIMS, TWO, kid="three"), keys)) == "key"
    assert asked == [False, True]


def verify_logout(token: object) -> Claims:
    return id_tokens.verify_logout_token(
        token, published(), issuer=ISSUER, client_id=CLIENT, algorithms=("RS256",), now=NOW
    )


def test_a_right_logout_token_gives_its_claims() -> None:
    assert verify_logout(signed(SIGNING_OUT)) == SIGNING_OUT
    by_session = {key: value for key, value in SIGNING_OUT.items() if key not in ("sub", "exp")} | {"sid": "x"}
    assert verify_logout(signed(by_session)) == by_session


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nonce": NONCE}, "nonce"),
        ({"events": {}}, "events"),
        ({"events": {LOGOUT: "yes"}}, "events"),
        ({"events": None}, "events"),
        ({"jti": ""}, "jti"),
        ({"sub": None}, "sub"),
        ({"iss": "https://khac.edu.vn"}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"exp": AT - 100}, "time"),
        ({"iat": AT - 3600}, "time"),
        ({"iat": AT + 3600}, "time"),
        ({"iat": True}, "time"),
        ({"iat": None}, "time"),
    ],
)
def test_a_logout_token_that_does_not_hold_is_refused(change: Claims, code: str) -> None:
    assert refused(lambda: verify_logout(signed(SIGNING_OUT | change))) == code


def test_an_id_token_is_no_logout_token_and_the_other_way_round() -> None:
    assert refused(lambda: verify_logout(signed(CLAIMS))) == "events"
    assert refused(lambda: verify(signed(SIGNING_OUT))) == "missing_claim"


@pytest.mark.parametrize(
    ("claims", "domain"),
    [
        ({"email": "lan@truong.edu.vn", "email_verified": True}, "truong.edu.vn"),
        ({"email": "lan@TRUONG.edu.vn", "email_verified": True}, "truong.edu.vn"),
        ({"email": "lan@truong.edu.vn", "email_verified": "true"}, ""),
        ({"email": "lan@truong.edu.vn", "email_verified": False}, ""),
        ({"email": "lan@truong.edu.vn"}, ""),
        ({"email": "lan@truong.edu.vn", "xms_edov": True}, "truong.edu.vn"),
        ({"email": "a@truong.edu.vn@xau.vn", "email_verified": True}, ""),
        ({"email": ["lan@truong.edu.vn"], "email_verified": True}, ""),
        ({"hd": "truong.edu.vn"}, ""),
        ({"hd": "truong.edu.vn", "iss": id_tokens.GOOGLE}, "truong.edu.vn"),
        ({"email": "lan@gmail.com", "email_verified": True, "iss": id_tokens.GOOGLE}, "gmail.com"),
    ],
)
def test_only_a_domain_that_the_provider_vouches_for_counts(claims: Claims, domain: str) -> None:
    assert id_tokens.email_domain(claims) == domain
