"""The blueprint of the pages of neighbourhoods and wards, and of visits: see *views.py."""

from flask import Blueprint

blueprint = Blueprint("groups", __name__)
