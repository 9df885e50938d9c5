"""Views of requests: ask, the page of a request and its actions, ask the same helper again.

Pages of rooms link to the last.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, is_guardian
from tutoring.kernel import file_storage
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.pairing import eligibility
from tutoring.pairing.awaiting_device.queries import needs_lacking
from tutoring.pairing.awaiting_device.views import parked_words
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.eligibility import home_unit, open_hours
from tutoring.pairing.fallbacks.forms import TimesForm
from tutoring.pairing.group_sessions.queries import word_on_group
from tutoring.pairing.handoff.queries import helps_on
from tutoring.pairing.lifecycle.room_opening import LEARNER_SILENT
from tutoring.pairing.models import OPEN
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import pictures, queries
from tutoring.pairing.requests.forms import AskOnForm, CancelForm, MoreForm
from tutoring.pairing.requests.models import MOST_PICTURES, picture_of, pictures_of
from tutoring.pairing.requests.queries import pair_for_follow_up
from tutoring.pairing.requests.wait_estimates import wait_of
from tutoring.pairing.vetting.queries import vouchers
from tutoring.policy.pairing.requests import may_keep_request, may_read_request, needs_guardian_seat
from tutoring.rooms import queries as rooms
from tutoring.rooms.models import Room
from tutoring.rooms.room_page import room_title
from tutoring.rooms.sessions.session_summary import on_follow_up
from tutoring.rooms.volunteer_minutes.queries import to_confirm
from tutoring.safety.image_sanitizer import LARGEST_INPUT
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.security import as_picture, takes_files
from tutoring.web.urls import parse_int


@blueprint.get("/requests/<int:request_id>", endpoint="request")
def request_page(request_id: int) -> str:
    return show_request(request_id, MoreForm(formdata=None))


def show_request(request_id: int, more_form: MoreForm, times_form: TimesForm | None = None) -> str:
    """Renders the page of a request, with the input of one of its forms."""
    asked = queries.request_for(require_user(), request_id)
    helper = asked.helper
    lesson = catalogue_queries.find_lesson(asked.lesson_slug) if asked.lesson_slug else None
    young = needs_guardian_seat(eligibility.person_facts(asked.learner))
    as_guardian = is_guardian(require_user().id, asked.learner_id)
    own_side = as_guardian or require_user().id == asked.learner_id
    group = word_on_group(asked.id) if asked.stage == "grouping" else None
    parked, language = asked.stage == "parked", str(get_locale())
    waiting = asked.stage == "waiting"
    matching = catalogue_queries.lessons_teaching(asked.topic, language) if waiting or parked else []
    return render_template(
        "pairing/requests/request_group.html" if group else "pairing/requests/request.html",
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
        keeps=may_keep_request(
            require_user().id == asked.learner_id, as_guardian and require_user().id == asked.asked_by_id
        ),
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
    requests_commands.pause(require_user(), request_id)
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/resume")
def resume(request_id: int) -> Response:
    requests_commands.resume(require_user(), request_id)
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/pictures")
@takes_files(LARGEST_INPUT)
def add_picture(request_id: int) -> Response:
    sent = request.files.get("file")
    try:
        pictures.add_picture(require_user(), request_id, sent.read() if sent else b"")
        flash(gettext("Đã thêm ảnh. Ảnh vào phòng học khi phòng mở."), "ok")
    except (InvalidInput, Conflict, Forbidden, RateLimited) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="pictures"))


@blueprint.get("/requests/<int:request_id>/pictures/<int:picture_id>")
def waiting_picture(request_id: int, picture_id: int) -> Response:
    asked = queries.request(request_id)
    guardian = asked.minor and is_guardian(require_user().id, asked.learner_id)
    if not may_read_request(require_user().id == asked.learner_id, guardian, False):
        raise NotFound
    return as_picture(file_storage.read(picture_of(request_id, picture_id).name))


@blueprint.post("/requests/<int:request_id>/pictures/<int:picture_id>/remove")
def remove_picture(request_id: int, picture_id: int) -> Response:
    pictures.remove_picture(require_user(), request_id, picture_id)
    flash(gettext("Đã bỏ ảnh."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="pictures"))


@blueprint.post("/requests/<int:request_id>/words")
def add_words(request_id: int) -> Response | tuple[str, int]:
    form = MoreForm()
    try:
        requests_commands.add_words(require_user(), request_id, form.words.data or "")
    except (InvalidInput, Conflict) as refusal:
        form.refuse(refusal)
        return show_request(request_id, form), refusal.status
    flash(gettext("Đã ghi thêm. Người giúp sẽ đọc được."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id))


def _where(viewer: User, room: Room) -> str | None:
    return url_for("pairing.ask_on", room_id=room.id) if pair_for_follow_up(viewer, room) else None


on_follow_up(_where)


@blueprint.route("/rooms/<int:room_id>/again", methods=["GET", "POST"])
def ask_on(room_id: int) -> Response | tuple[str, int]:
    room = rooms.room(room_id)
    pair = pair_for_follow_up(require_user(), room)
    if pair is None:
        raise NotFound
    form, status = AskOnForm(), 200
    name = pair.helper.said_name
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                asked, first = requests_commands.ask_on(require_user(), room_id, form.words.data or "")
                if first:
                    flash(gettext("Đã hỏi %(name)s trước.", name=name), "ok")
                else:
                    flash(gettext("Lúc này %(name)s chưa nhận được, nên ai rảnh sẽ giúp.", name=name), "warn")
                return redirect(url_for("pairing.request", request_id=asked.id))
        except NotFound:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
            status = refusal.status
    page = render_template(
        "pairing/requests/ask_on.html", form=form, room=room, pair=pair, title=room_title(room, str(get_locale())),
        open_hours=open_hours(home_unit(pair.learner.id)) if pair.learner.is_minor else None,
    )  # fmt: skip
    return page, status


@blueprint.get("/requests")
def requests() -> str:
    return render_template(
        "pairing/requests/requests.html",
        requests=queries.requests_of(require_user().id),
        skills=skill_names(),
        waiting=[one for one in to_confirm(require_user()) if one.learner_id == require_user().id],
    )


@blueprint.post("/requests/<int:request_id>/answer")
def answer(request_id: int) -> Response:
    asked = requests_commands.answer(require_user(), request_id, request.form.get("word", ""))
    return _after_answer(asked.id, asked.room_id)


@blueprint.post("/requests/<int:request_id>/guardian")
def guardian_answer(request_id: int) -> Response:
    word = request.form.get("word", "")
    try:
        if is_guardian(require_user().id, queries.request(request_id).learner_id):
            asked = requests_commands.answer_as_guardian(require_user(), request_id, word)
        else:
            asked = requests_commands.approve_on_childs_device(
                require_user(),
                request_id,
                request.form.get("guardian", type=parse_int) or 0,
                request.form.get("password", ""),
                word,
                request.remote_addr or "",
            )
    except (InvalidInput, Conflict) as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("pairing.request", request_id=request_id))
    return _after_answer(asked.id, asked.room_id)


def _after_answer(request_id: int, room_id: int | None) -> Response:
    if room_id is not None:
        return redirect(url_for("rooms.show", room_id=room_id))
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/cancel")
def cancel(request_id: int) -> Response:
    requests_commands.cancel(require_user(), request_id, request.form.get("reason", ""))
    flash(gettext("Đã huỷ yêu cầu. Khi cần, bạn cứ hỏi lại."), "ok")
    return redirect(url_for("pairing.requests"))
