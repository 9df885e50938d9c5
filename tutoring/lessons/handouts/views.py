"""A whole path to print, as one page and as a PDF, for everybody."""

from flask import Response, render_template, url_for

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.kernel.errors import NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import media
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.localized import StepText
from tutoring.lessons.handouts.path_files import path_file
from tutoring.web.i18n import language
from tutoring.web.security import as_data
from tutoring.web.visitor_cache import cached_for_visitors


@blueprint.get("/lessons/paths/<path>/print")
@cached_for_visitors
def path_handout(path: str) -> str:
    found = catalogue_queries.path(path, language())
    lessons = catalogue_queries.found_lessons(head.slug for head in found.lessons)
    steps: dict[str, list[StepText]] = {}
    for step in catalogue_queries.steps_of_path(path, language()):
        steps.setdefault(step.lesson_slug, []).append(step)
    addresses = {slug: absolute_url(url_for("lessons.lesson", slug=slug)) for slug in lessons}
    return render_template(
        "lessons/handouts/path_handout.html",
        path=found,
        lang=language(),
        lessons=[lessons[head.slug] for head in found.lessons],
        steps=steps,
        addresses=addresses,
        codes={slug: media.qr(address) for slug, address in addresses.items()},
    )


@blueprint.get("/lessons/paths/<path>/print.pdf")
def path_pdf(path: str) -> Response:
    found = catalogue_queries.path(path, language())
    if not found.lessons:
        raise NotFound
    response = Response(path_file(found, language()), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.slug}-{language()}.pdf"'
    as_data(response)
    return response
