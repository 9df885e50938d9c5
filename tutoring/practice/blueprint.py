"""The blueprint of the practice portal and of the notebook.

The pages are in the `views` modules.
"""

from flask import Blueprint

blueprint = Blueprint("practice", __name__)
