"""The blueprint of campaigns; its routes are in the `views` modules."""

from flask import Blueprint

from tutoring.accounts.sign_ins.flow import absolute_url

blueprint = Blueprint("campaigns", __name__)


def typed(path: str) -> str:
    """Returns an address of the site as people type it."""
    return absolute_url(path).split("://", 1)[1].removesuffix("/")
