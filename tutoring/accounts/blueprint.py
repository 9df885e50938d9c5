"""The blueprint of accounts; its pages are in the modules named views."""

from flask import Blueprint

from tutoring.kernel.text import show_phone

blueprint = Blueprint("accounts", __name__)
blueprint.add_app_template_filter(show_phone, "phone")
