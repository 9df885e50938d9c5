"""The blueprint of insights; each submodule holds its own views."""

from flask import Blueprint

blueprint = Blueprint("insights", __name__)
