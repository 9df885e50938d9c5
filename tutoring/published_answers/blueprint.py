"""The blueprint of published answers; its pages are in the modules named *views."""

from flask import Blueprint

blueprint = Blueprint("published_answers", __name__)
