"""The starter page of a machine: what its label leads to, the same for everybody."""

from flask import render_template
from flask_babel import get_locale

from tutoring.devices.routes import blueprint
from tutoring.devices.store_queries import find_label
from tutoring.kernel.errors import Missing
from tutoring.lessons import queries as lessons
from tutoring.lessons.visitors import shared

STARTER_PATH = "lam-quen-thiet-bi"
CARE = "nhan-may-tang-may-muon"  # the lesson on how a machine is kept


@blueprint.get("/d/<code>")
@shared
def start(code: str) -> str:
    found = find_label(code)
    if found is None:
        raise Missing
    try:
        path = lessons.path(STARTER_PATH, str(get_locale()))
    except Missing:  # a site without these lessons still says whose the machine is
        path = None
    heads = path.lessons if path is not None else []
    care = next((one for one in heads if one.slug == CARE), None)
    return render_template(
        "devices/start.html", label=found.code, ward=found.unit, path=path, care=care,
        lessons=[one for one in heads if one.slug != CARE],
    )  # fmt: skip
