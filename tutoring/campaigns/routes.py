"""The blueprint of campaigns; its pages stand in the modules named *views."""

from flask import Blueprint

blueprint = Blueprint("campaigns", __name__)
