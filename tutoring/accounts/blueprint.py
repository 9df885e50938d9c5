"""The blueprint of accounts; its pages are in the modules named views."""

from flask import Blueprint

from tutoring.accounts.reader_names import said_to_reader, shown_to_reader
from tutoring.kernel.text import show_phone

blueprint = Blueprint("accounts", __name__)
blueprint.add_app_template_filter(show_phone, "phone")
blueprint.add_app_template_filter(shown_to_reader, "shown_name")
blueprint.add_app_template_filter(said_to_reader, "said_name")
