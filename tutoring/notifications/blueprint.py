"""The blueprint of notifications; each submodule holds its own views."""

from flask import Blueprint

blueprint = Blueprint("notifications", __name__)
