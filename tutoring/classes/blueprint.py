"""The blueprint of class work, the letters of a class and its overview."""

from flask import Blueprint

blueprint = Blueprint("classes", __name__)
