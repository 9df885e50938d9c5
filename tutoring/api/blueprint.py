"""The blueprint of the API and of the pages about it."""

from flask import Blueprint

blueprint = Blueprint("api", __name__)
