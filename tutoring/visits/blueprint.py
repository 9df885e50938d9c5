"""The blueprint of visits."""

from flask import Blueprint

blueprint = Blueprint("visits", __name__)
