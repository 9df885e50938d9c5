"""The blueprint of the board, of reports and of cases; its pages stand in views.py and the modules named *_views."""

from flask import Blueprint

from tutoring.moderation.labels import left

blueprint = Blueprint("moderation", __name__)
blueprint.add_app_template_filter(left, "left")
