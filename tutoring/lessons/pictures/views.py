"""The picture on a lesson's preview card."""

from flask import Response

from tutoring.kernel.errors import NotFound
from tutoring.kernel.site_identity import site_name
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.content.screens.gallery import figures
from tutoring.lessons.content.screens.outline import most_telling
from tutoring.lessons.pictures import preview_picture as drawing
from tutoring.web.security import FOR_EVER, as_data


@blueprint.get("/lessons/<slug>/card-<lang>-<digest>.png")
def preview_picture(slug: str, lang: str, digest: str) -> Response:
    """Answers the picture at its present address alone, so that no one makes the server draw others."""
    found, site = catalogue_queries.lesson(slug), site_name()
    path = found.path.title(lang)
    if lang not in found.texts or digest != drawing.picture_digest(found.content_hash, path, site, lang):
        raise NotFound
    figure = most_telling([one for step in catalogue_queries.steps(slug, lang) for one in figures(step.html)])
    shown = drawing.PreviewPicture(found.title(lang), found.summary(lang), path, site, figure)
    drawn = drawing.draw_preview(shown)
    response = Response(drawn, mimetype="image/png")
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # other sites show it beside the link
    as_data(response)
    return response
