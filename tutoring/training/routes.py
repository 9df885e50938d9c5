"""The blueprint of the training of staff; its pages stand in the modules named *views."""

from flask import Blueprint

blueprint = Blueprint("training", __name__)
