"""The blueprint of devices and sponsored internet; its routes are in the `views` modules."""

from flask import Blueprint

blueprint = Blueprint("devices", __name__)
