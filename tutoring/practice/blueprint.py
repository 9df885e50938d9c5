"""The blueprint of the practice portal and the notebook; the pages are in the `views` modules."""

from flask import Blueprint

blueprint = Blueprint("practice", __name__)
