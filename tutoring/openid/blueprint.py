"""The blueprint of sign-in with school accounts."""

from flask import Blueprint, url_for

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.openid.models import IdentityProvider

blueprint = Blueprint("openid", __name__)


def return_address(provider: IdentityProvider) -> str:
    """Returns where the provider sends the browser back to; each provider has an address of its own."""
    return absolute_url(url_for("openid.callback", code=provider.code))
