"""The blueprint of accounts; its pages stand in entry_views, own_views and child_views."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
