"""The blueprint of the pages of neighbourhoods and wards; the pages are in *views.py."""

from flask import Blueprint

from tutoring.groups.labels import TASK_KINDS, TASK_WORDS, form_word, full_name, move_word

blueprint = Blueprint("groups", __name__)
blueprint.add_app_template_filter(full_name, "group_name")
blueprint.add_app_template_filter(form_word, "group_form")
blueprint.add_app_template_global(TASK_WORDS.__getitem__, "task_word")
blueprint.add_app_template_global(TASK_KINDS.__getitem__, "task_kind")
blueprint.add_app_template_global(move_word, "task_move")
