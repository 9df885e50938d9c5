"""The blueprint of circles of parents; its pages stand in the modules named *views."""

from flask import Blueprint

blueprint = Blueprint("circles", __name__)
