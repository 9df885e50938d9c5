"""The blueprint of campaigns; its pages stand in the modules named *views."""

from flask import Blueprint

from tutoring.accounts.sign_ins.flow import absolute_url

blueprint = Blueprint("campaigns", __name__)


def typed(path: str) -> str:
    """An address of the site as people type it."""
    return absolute_url(path).split("://", 1)[1].removesuffix("/")
