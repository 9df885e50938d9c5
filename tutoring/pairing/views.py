"""Pages of asking and answering; with them all pages of this feature."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.queries import children, is_guardian, user
from tutoring.community.queries import duty_phones_of
from tutoring.kernel.errors import Conflict, Invalid, Refusal
from tutoring.lessons import queries as lessons
from tutoring.pairing import (
    asking_on_views,
    commands,
    eligibility,
    guardian_on_phone,
    handing_views,
    helping_views,
    hours_views,
    merging_views,
    minutes_views,
    paper_views,
    parked_views,
    queries,
    request_views,
    round_views,
    session_views,
    steward_views,
    track_views,
    weekly_views,
)
from tutoring.pairing.forms import LACK_OF, AskForm
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.policy.pairing import may_ask_for
from tutoring.policy.welfare import TOPICS
from tutoring.rooms.helped import to_confirm
from tutoring.safety.free_text import listen
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me
from tutoring.welfare.cards import age_of

__all__ = [
    "asking_on_views", "blueprint", "handing_views", "helping_views", "hours_views", "merging_views", "minutes_views",
    "paper_views", "parked_views", "request_views", "round_views", "session_views", "steward_views", "track_views",
    "weekly_views",
]  # fmt: skip


def _form() -> AskForm:
    form = AskForm()
    person = me()
    learners = [SelectChoice(person.id, gettext("Tôi"))]
    learners += [
        SelectChoice(link.child.id, link.child.called_name)
        for link in children(person.id)
        if may_ask_for(link.confirmed_at is not None, link.child.kind == "child")
    ]
    form.learner.choices = learners
    form.topic.choices = [
        SelectChoice("", gettext("Chọn một việc")),
        *(SelectChoice(skill, name) for skill, name in lessons.topics(str(get_locale()))),
    ]
    return form


@blueprint.route("/ask", methods=["GET", "POST"])
def ask() -> Response | str | tuple[str, int]:
    form = _form()
    if not form.is_submitted():
        slug, number = request.args.get("lesson", ""), request.args.get("step", type=whole)
        if open_one := queries.open_request_of(me().id):
            return redirect(url_for("pairing.request", request_id=open_one.id))
        if slug and (here := lessons.find_step(slug, number or 1, str(get_locale()))):
            form.lesson.data, form.step.data, form.urgency.data = slug, str(here.number), "3"
            if here.stuck:
                form.topic.data, form.words.data = here.stuck["topic"], here.stuck["ask"]
    else:
        listen(form.words.data or "")  # whatever else is wrong with the form
        if form.topic.data in TOPICS and not request.form.get("sure"):
            return render_template("pairing/ask_safety.html", form=form, age=age_of(me()), duty=duty_phones_of(me().id))
    if form.is_submitted() and form.validate():
        lack = LACK_OF.get(form.device.data, "")
        try:
            asked = commands.ask_for_help(
                me(),
                user(form.learner.data or me().id),
                form.topic.data,
                form.words.data or "",
                device="" if lack else form.device.data,
                lack=lack,
                urgency=int(form.urgency.data),
                wish=form.wish.data,
                lesson_slug=form.lesson.data or None,
                step_number=_number(form.step.data),
            )
            return redirect(url_for("pairing.request", request_id=asked.id))
        except Refusal as refusal:
            form.refuse(refusal)
            return render_template("pairing/ask.html", form=form, band="", open_hours=None), refusal.status
    status = 422 if form.is_submitted() else 200
    person = me()
    home = eligibility.home_unit(person.id)
    return render_template(
        "pairing/ask.html",
        nowhere=home is None and len(form.learner.choices or ()) == 1,
        form=form,
        can_ask=eligibility.can_ask(person),
        band=person.band,
        open_hours=eligibility.open_hours(home) if _with_minors(form) else None,
    ), status


def _with_minors(form: AskForm) -> bool:
    """Whether this person asks as a minor, or may ask for one."""
    return me().is_minor or len(list(form.learner.choices or ())) > 1


@blueprint.get("/requests")
def requests() -> str:
    return render_template(
        "pairing/requests.html",
        requests=queries.requests_of(me().id),
        skills=skill_names(),
        waiting=[one for one in to_confirm(me()) if one.learner_id == me().id],
    )


def _number(text: str | None) -> int | None:
    try:
        return whole(text or "")
    except ValueError:
        return None


@blueprint.post("/requests/<int:request_id>/answer")
def answer(request_id: int) -> Response:
    asked = commands.answer(me(), request_id, request.form.get("word", ""))
    return _after_answer(asked.id, asked.room_id)


@blueprint.post("/requests/<int:request_id>/guardian")
def guardian_answer(request_id: int) -> Response:
    word = request.form.get("word", "")
    try:
        if is_guardian(me().id, queries.request(request_id).learner_id):
            asked = commands.answer_as_guardian(me(), request_id, word)
        else:
            asked = guardian_on_phone.answer(
                me(), request_id, request.form.get("guardian", type=whole) or 0, request.form.get("password", ""), word,
                request.remote_addr or "",
            )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("pairing.request", request_id=request_id))
    return _after_answer(asked.id, asked.room_id)


def _after_answer(request_id: int, room_id: int | None) -> Response:
    if room_id is not None:
        return redirect(url_for("rooms.show", room_id=room_id))
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/cancel")
def cancel(request_id: int) -> Response:
    commands.cancel(me(), request_id, request.form.get("reason", ""))
    flash(gettext("Đã huỷ yêu cầu. Khi cần, bạn cứ hỏi lại."), "ok")
    return redirect(url_for("pairing.requests"))
