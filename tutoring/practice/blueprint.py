"""The blueprint of the practice portal and of one's own notebook; its pages stand in the modules named *_views."""

from flask import Blueprint

blueprint = Blueprint("practice", __name__)
