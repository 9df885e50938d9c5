"""The blueprint of devices and sponsored internet; its pages stand in the modules named *views."""

from flask import Blueprint

blueprint = Blueprint("devices", __name__)
