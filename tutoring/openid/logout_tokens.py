"""Verification of a provider's logout tokens with its published keys."""

from importlib import import_module
from typing import Any

from tutoring.kernel import clock
from tutoring.openid import provider_client
from tutoring.openid.models import IdentityProvider


def verified(provider: IdentityProvider, token: str) -> dict[str, Any]:
    """Returns the claims of a logout token; raises ProviderFault."""
    found = provider_client.configuration(provider.issuer)
    claims: dict[str, Any] = import_module("tutoring.openid.id_tokens").verify_logout_token(
        token, lambda again: provider_client.keys(provider.issuer, again), issuer=provider.issuer,
        client_id=provider.client_id, algorithms=found.algorithms, now=clock.now(),
    )  # fmt: skip
    return claims
