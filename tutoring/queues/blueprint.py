"""The blueprint of walk-in queues."""

from flask import Blueprint

from tutoring.queues.labels import service_label

blueprint = Blueprint("queues", __name__)
blueprint.add_app_template_filter(service_label, "service_label")
