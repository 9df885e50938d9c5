"""The blueprint of sign-in with school accounts."""

from flask import Blueprint

blueprint = Blueprint("openid", __name__)
