"""The blueprint of notifications; each submodule holds its own views."""

from flask import Blueprint

from tutoring.notifications.inbox.names import in_language
from tutoring.web.i18n import language

blueprint = Blueprint("notifications", __name__)
blueprint.add_app_template_filter(lambda params: in_language(params, language()), "names_said")
