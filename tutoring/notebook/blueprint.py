"""The blueprint of the private notebook of dossiers."""

from flask import Blueprint

blueprint = Blueprint("notebook", __name__)
