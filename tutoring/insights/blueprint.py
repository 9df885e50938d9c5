"""The blueprint of figures; its pages stand in views.py and public_views.py."""

from flask import Blueprint

blueprint = Blueprint("insights", __name__)
