"""The blueprint of campaigns; its pages stand in the modules named *views."""

from flask import Blueprint

from tutoring.accounts.pages import full_url

blueprint = Blueprint("campaigns", __name__)


def typed(path: str) -> str:
    """An address of the site as people type it."""
    return full_url(path).split("://", 1)[1].removesuffix("/")
