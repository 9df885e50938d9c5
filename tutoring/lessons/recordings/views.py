"""Pages on which teachers record the sentences of lessons, and a second person hears and releases them."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import users
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import SOURCE
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.proposal_page import reviews
from tutoring.lessons.recordings import commands as recordings_commands
from tutoring.lessons.recordings import queries as recordings_queries
from tutoring.lessons.recordings.models import RELEASED
from tutoring.policy import lessons as policy
from tutoring.safety import sound_sanitizer
from tutoring.web import visitor_cache
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import LANGUAGES, language, translate_error
from tutoring.web.security import as_sound, may_record, takes_files
from tutoring.web.urls import parse_int


def _lang() -> str:
    """Returns the language that is recorded: the one of the address, else Vietnamese."""
    asked = request.values.get("lang", "")
    return asked if asked in LANGUAGES else SOURCE


@blueprint.get("/writing/recordings")
def recordings() -> str:
    lang = _lang()
    return render_template(
        "lessons/recordings/recordings.html",
        paths=catalogue_queries.paths(language()),
        counts=recordings_queries.counts(lang),
        lang=lang,
        languages=LANGUAGES,
    )


@blueprint.get("/writing/recordings/<slug>")
def lesson_recordings(slug: str) -> str:
    lang = _lang()
    return render_template(
        "lessons/recordings/lesson.html",
        lesson=catalogue_queries.lesson(slug),
        steps=recordings_queries.read_steps(slug, lang),
        lang=lang,
        shown=language(),
    )


@blueprint.route("/writing/recordings/<slug>/<int:number>", methods=["GET", "POST"])
@takes_files(sound_sanitizer.LARGEST_INPUT + 16 * 1024)
def step_recordings(slug: str, number: int) -> Response | tuple[str, int]:
    lang, refused, status = _lang(), "", 200
    lesson = catalogue_queries.lesson(slug)
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        try:
            said = _act(slug, lesson.step_id(number) or "", lang)
            visitor_cache.forget()
            if request.form.get("act") == "release":
                said += _join(slug, number, lang)
            if _by_script():
                return jsonify(ok=True)
            flash(said, "ok")
            return redirect(url_for("lessons.step_recordings", slug=slug, number=number, lang=lang))
        except DomainError as refusal:
            if refusal.status == NotFound.status:
                raise
            refused, status = translate_error(refusal), refusal.status
            if _by_script():
                response = jsonify(ok=False, say=refused)
                response.status_code = status
                return response
    step = recordings_queries.read_step(slug, number, lang)
    may_record()
    rows = [row for one in step.sentences for row in one.recordings.values()]
    page = render_template(
        "lessons/recordings/step.html",
        lesson=lesson,
        step=step,
        lang=lang,
        shown=language(),
        people=users({row.recorded_by_id for row in rows}),
        reviews=reviews(),
        refused=refused,
    )
    return page, status


def _join(slug: str, number: int, lang: str) -> str:
    """Joins a step after a release; returns what to add where that has to wait for the night."""
    try:
        recordings_commands.join_step(slug, number, lang)
    except DomainError:
        return " " + str(gettext("Máy chủ ghép tiếng của bước này trong đêm nay."))
    finally:
        visitor_cache.forget()
    return ""


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _act(slug: str, step_id: str, lang: str) -> str:
    """Carries out what the form asks for; returns what to say."""
    actor, held, act = require_user(), current_roles(), request.form.get("act", "")
    if act == "record":
        if not request.form.get("agreed"):
            raise InvalidInput(gettext("Hãy đánh dấu ô đồng ý trước khi gửi bản thu."), field="agreed")
        file = request.files.get("file")
        sound = recordings_commands.clean(actor, file.read() if file else b"")
        recordings_commands.record_sentence(actor, held, slug, step_id, lang, request.form.get("sentence", ""), sound)
        return str(gettext("Đã lưu bản thu. Người thứ hai nghe rồi mới phát."))
    ids = request.form.getlist("recording", type=parse_int)
    if act == "withdraw":
        recordings_commands.withdraw_recording(actor, held, ids[0] if ids else 0)
        return str(gettext("Đã xoá bản thu."))
    if act not in ("release", "return"):
        raise InvalidInput(gettext("Nút này không còn. Hãy tải lại trang."))
    count = recordings_commands.decide_recordings(
        actor, held, slug, step_id, lang, set(ids), act == "release", request.form.get("note", "")
    )
    if act == "release":
        return str(ngettext("Đã cho phát %(num)d câu.", "Đã cho phát %(num)d câu.", count))
    return str(ngettext("Đã trả lại %(num)d câu.", "Đã trả lại %(num)d câu.", count))


@blueprint.get("/writing/recordings/sentences/<int:recording_id>.<ending>")
def sentence_sound(recording_id: int, ending: str) -> Response:
    person, column = require_user(), sound_sanitizer.COLUMNS.get(ending)
    if column is None:
        raise NotFound
    row = recordings_queries.recording(recording_id, sound=column)
    if row.recorded_by_id != person.id and not policy.may_hear(
        current_roles(), proposals_queries.is_editor(person.id), row.state == RELEASED
    ):
        raise NotFound
    return as_sound(getattr(row, column), ending, cached="private, no-store")


@blueprint.get("/lessons/<slug>/sound-<lang>-<digest>.<ending>")
def step_sound(slug: str, lang: str, digest: str, ending: str) -> Response:
    # The address changes with the text, but a withdrawn voice must not be played for a year.
    sound = recordings_queries.step_sound(slug, lang, digest, ending)
    return as_sound(sound, ending, cached="public, max-age=86400")
