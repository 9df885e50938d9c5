"""The blueprint of walk-in queues."""

from flask import Blueprint

blueprint = Blueprint("queues", __name__)
