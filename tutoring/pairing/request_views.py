"""The page of one request, and what its own side does while it waits."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import guardians, is_guardian
from tutoring.kernel import files
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed, TooMany
from tutoring.lessons import queries as lessons
from tutoring.pairing import commands, eligibility, queries
from tutoring.pairing.commands.meeting import LEARNER_SILENT
from tutoring.pairing.forms import CancelForm, MoreForm
from tutoring.pairing.helping_on import helps_on
from tutoring.pairing.models import OPEN
from tutoring.pairing.parked import needs_lacking
from tutoring.pairing.parked_views import parked_words
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.pairing.session_queries import word_on_group
from tutoring.pairing.times_form import TimesForm
from tutoring.pairing.vetting import vouchers
from tutoring.pairing.waiting_pictures import MOST_PICTURES, picture_of, pictures_of
from tutoring.pairing.waits import wait_of
from tutoring.policy.pairing import may_keep_request, may_read_request, needs_guardian_seat
from tutoring.safety.pictures import LARGEST_INPUT
from tutoring.web.i18n import said
from tutoring.web.security import as_picture, takes_files
from tutoring.web.signin import me


@blueprint.get("/requests/<int:request_id>", endpoint="request")
def request_page(request_id: int) -> str:
    return show_request(request_id, MoreForm(formdata=None))


def show_request(request_id: int, more_form: MoreForm, times_form: TimesForm | None = None) -> str:
    """The page of a request, with what was typed into one of its forms."""
    asked = queries.request_for(me(), request_id)
    helper = asked.helper
    lesson = lessons.find_lesson(asked.lesson_slug) if asked.lesson_slug else None
    young = needs_guardian_seat(eligibility.facts(asked.learner))
    as_guardian = is_guardian(me().id, asked.learner_id)
    own_side = as_guardian or me().id == asked.learner_id
    group = word_on_group(asked.id) if asked.stage == "grouping" else None
    parked, language = asked.stage == "parked", str(get_locale())
    waiting = asked.stage == "waiting"
    matching = lessons.lessons_teaching(asked.topic, language) if waiting or parked else []
    return render_template(
        "pairing/grouping.html" if group else "pairing/request.html",
        asked=asked,
        form=CancelForm(),
        skill=skill_names().get(asked.topic, asked.topic),
        place=queries.place(asked) if waiting else 0,
        voucher=vouchers([helper.id]).get(helper.id) if helper else None,
        watchers=eligibility.watchers(asked, helper.id) if helper else [],
        guardian_must=young,
        open_hours=eligibility.open_hours(asked.unit) if asked.minor and asked.state in OPEN and not parked else None,
        guardians=guardians(asked.learner_id) if young else [],
        as_guardian=as_guardian,
        wait=wait_of(asked) if waiting else None,
        matching=matching,
        needs=needs_lacking(asked) if parked else [],
        handouts=[(lesson.slug, lesson.title(language))] if lesson else matching,
        handed=helps_on(asked),
        missed=asked.stage == "paused" and queries.history(asked.id)[-1].why == LEARNER_SILENT,
        keeps=may_keep_request(me().id == asked.learner_id, as_guardian and me().id == asked.asked_by_id),
        more=queries.added_words(asked.id),
        pictures=pictures_of(asked.id) if own_side else [],
        most_pictures=MOST_PICTURES,
        more_form=more_form,
        answers=queries.answers_to(asked.id) if asked.later_at else [],
        group=group,
        times_form=times_form or TimesForm(),
        lesson=lesson.title(language) if lesson else None,
        **parked_words(),
    )


@blueprint.post("/requests/<int:request_id>/pause")
def pause(request_id: int) -> Response:
    commands.pause(me(), request_id)
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/resume")
def resume(request_id: int) -> Response:
    commands.resume(me(), request_id)
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/pictures")
@takes_files(LARGEST_INPUT)
def add_picture(request_id: int) -> Response:
    sent = request.files.get("file")
    try:
        commands.add_picture(me(), request_id, sent.read() if sent else b"")
        flash(gettext("Đã thêm ảnh. Ảnh vào phòng học khi phòng mở."), "ok")
    except (Invalid, Conflict, NotAllowed, TooMany) as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="pictures"))


@blueprint.get("/requests/<int:request_id>/pictures/<int:picture_id>")
def waiting_picture(request_id: int, picture_id: int) -> Response:
    asked = queries.request(request_id)
    guardian = asked.minor and is_guardian(me().id, asked.learner_id)
    if not may_read_request(me().id == asked.learner_id, guardian, False):
        raise Missing
    return as_picture(files.read(picture_of(request_id, picture_id).name))


@blueprint.post("/requests/<int:request_id>/pictures/<int:picture_id>/remove")
def remove_picture(request_id: int, picture_id: int) -> Response:
    commands.remove_picture(me(), request_id, picture_id)
    flash(gettext("Đã bỏ ảnh."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="pictures"))


@blueprint.post("/requests/<int:request_id>/words")
def add_words(request_id: int) -> Response | tuple[str, int]:
    form = MoreForm()
    try:
        commands.add_words(me(), request_id, form.words.data or "")
    except (Invalid, Conflict) as refusal:
        form.refuse(refusal)
        return show_request(request_id, form), refusal.status
    flash(gettext("Đã ghi thêm. Người giúp sẽ đọc được."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id))
