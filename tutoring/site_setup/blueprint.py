"""The blueprint of the set-up."""

from flask import Blueprint

blueprint = Blueprint("site_setup", __name__)
