"""The blueprint of notices; its pages stand in views.py and week_views.py."""

from flask import Blueprint

blueprint = Blueprint("notifications", __name__)
