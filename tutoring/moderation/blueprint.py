"""The blueprint of moderation; its pages are in the modules named *views."""

from flask import Blueprint

from tutoring.moderation.labels import left

blueprint = Blueprint("moderation", __name__)
blueprint.add_app_template_filter(left, "left")
