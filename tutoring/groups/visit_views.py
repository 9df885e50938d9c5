"""Pages of whoever asks to be met: one's own visits, a new one, one of them, which staff and visitors see otherwise."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.accounts.panels import on_account_page
from tutoring.community.belonging import in_some_ward, reached
from tutoring.community.models import Unit
from tutoring.community.panels import on_group_page
from tutoring.community.words import ROLE_WORDS
from tutoring.groups import visit_asking as commands
from tutoring.groups import visit_queries as queries
from tutoring.groups.routes import blueprint
from tutoring.groups.visit_forms import AskVisitForm
from tutoring.groups.visit_models import Visit, VisitOffer
from tutoring.groups.visit_people import role_at
from tutoring.groups.visit_words import KIND_WORDS, OUTCOME_WORDS, STATE_KINDS, STATE_WORDS, WHY_WORDS
from tutoring.kernel import clock
from tutoring.kernel.errors import Missing, NotAllowed, Refusal
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.pairing.times_form import TimesForm
from tutoring.policy import visits as policy
from tutoring.web.acting import acted
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me

_ASK = "groups/visit_new.html"


def visit_facts() -> dict[str, Any]:
    """What every page of visits speaks with."""
    return {
        "kind_words": KIND_WORDS, "state_words": STATE_WORDS, "state_kinds": STATE_KINDS, "role_words": ROLE_WORDS,
        "outcome_words": OUTCOME_WORDS, "why_words": WHY_WORDS, "skills": dict(lessons.topics(str(get_locale()))),
    }  # fmt: skip


def people_of(row: Visit) -> list[tuple[User, str, str]]:
    """Who goes, with the role and the unit that vouches for them."""
    return [(one, *role_at(one.id, row.ward_id)) for one in row.visitors]


@blueprint.get("/visits")
def visits() -> str:
    person = me()
    return render_template(
        "groups/visits.html", mine=queries.asked_by(person.id), go=queries.to_go(person.id),
        offers=queries.offers_for(person.id), may_ask=not person.is_minor,
        belongs=not person.is_minor and in_some_ward(person.id), **visit_facts(),
    )  # fmt: skip


@blueprint.route("/visits/new", methods=["GET", "POST"])
def new_visit() -> Response:
    person = me()
    if person.is_minor:
        raise Missing
    form, times, refusal = AskVisitForm(), TimesForm(), None
    places = queries.places_for(person)
    if not places:
        raise NotAllowed(N_("Bạn chưa thuộc khu phố hay phường nào. Hãy nhập mã tham gia trước, rồi hẹn gặp."))
    offer = queries.open_offer(person, _number(form.offer.data or request.args.get("offer")))
    _fill(form, places, offer)
    if form.is_submitted():
        times = TimesForm.of(request.form)
        try:
            if form.validate():
                row = commands.ask_visit(person, _wanted(form, times), offer.id if offer else None)
                flash(gettext("Đã gửi. Người phụ trách sẽ xếp lịch rồi báo cho bạn."), "ok")
                return redirect(url_for("groups.visit", visit_id=row.id))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            if caught.field == "times":
                times.errors = {"times": [said(caught)]}
    if refusal is not None and refusal.code == "private" and refusal.field == "address":
        form.address.data = ""  # what should be kept nowhere is not sent back either
    open_one = queries.open_visits_of(person.id).get(form.kind.data or "")
    return form_page(_ASK, form, refusal, times=times, offer=offer, places=places, open_one=open_one)


def _fill(form: AskVisitForm, places: list[Unit], offer: VisitOffer | None) -> None:
    skills = lessons.topics(str(get_locale()))
    form.unit.choices = [SelectChoice(place.id, place.name) for place in places]
    form.topic.choices = [SelectChoice("", gettext("Chọn một việc")), *(SelectChoice(*skill) for skill in skills)]
    if request.form.get("instead") == "desk":  # no guardian would be at home
        form.kind.data = "desk"
    if not form.is_submitted():
        form.kind.data = "home" if request.args.get("kind") == "home" else "desk"
        form.unit.data = places[0].id
        if offer is not None:
            form.offer.data, form.lesson.data = str(offer.id), offer.lesson_slug or ""
            form.topic.data = offer.topic if offer.topic in dict(skills) else ""
    if form.kind.data != "home":
        for name in ("address", "children", "guardian"):
            del form[name]


def _wanted(form: AskVisitForm, times: TimesForm) -> commands.Wanted:
    where: dict[str, Any] = {}
    if form.kind.data == "home":
        where = {
            "address": form.address.data or "", "children": form.children.data == "yes",
            "guardian_there": bool(form.guardian.data),
        }  # fmt: skip
    return commands.Wanted(
        form.kind.data or "", form.unit.data, form.topic.data, form.words.data or "", times.times(),
        lesson_slug=form.lesson.data or None, **where,
    )  # fmt: skip


def _number(text: str | None) -> int:
    try:
        return whole(text or "")
    except ValueError:
        return 0


@blueprint.get("/visits/<int:visit_id>")
def visit(visit_id: int) -> str:
    row, known = queries.seen(me(), visit_id)
    now = clock.now()
    held = row.kind == "home" and queries.holds_address(row.id)
    template = "groups/visit.html" if known.is_asker else "groups/visit_work.html"
    return render_template(
        template, row=row, known=known, may=policy, now=now, people=people_of(row), holds_address=held,
        number=queries.number_for(row, known), **visit_facts(),
    )  # fmt: skip


@blueprint.post("/visits/<int:visit_id>/cancel")
def cancel_visit(visit_id: int) -> Response:
    return _done(visit_id, lambda: commands.cancel_visit(me(), visit_id), gettext("Đã huỷ. Khi cần, bạn cứ hẹn lại."))


@blueprint.post("/visits/<int:visit_id>/without")
def visit_without(visit_id: int) -> Response:
    other = request.form.get("person", 0, type=whole) or 0
    words = gettext("Người đó sẽ không đến, và không được cho biết lý do. Buổi hẹn đang được xếp lại.")
    return _done(visit_id, lambda: commands.do_without(me(), visit_id, other), words)


@blueprint.post("/visits/<int:visit_id>/judge")
def judge_visit(visit_id: int) -> Response:
    helped = request.form.get("helped") == "yes"
    return _done(visit_id, lambda: commands.judge_visit(me(), visit_id, helped), gettext("Cảm ơn bạn đã cho biết."))


@blueprint.post("/visits/<int:visit_id>/online")
def visit_online(visit_id: int) -> Response:
    try:
        return redirect(url_for("pairing.request", request_id=commands.go_on_online(me(), visit_id)))
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("groups.visit", visit_id=visit_id))


@blueprint.post("/visit-offers/<int:offer_id>/decline")
def decline_visit(offer_id: int) -> Response:
    commands.decline_offer(me(), offer_id)
    flash(gettext("Đã trả lời. Bạn vẫn được giúp trên mạng như trước."), "ok")
    return redirect(url_for("groups.visits"))


def _done(visit_id: int, act: Any, words: str) -> Response:
    return acted(act, words, url_for("groups.visit", visit_id=visit_id))


def _panel(user: User) -> dict[str, object]:
    return {"may": not user.is_minor}


def _group_panel(person: User | None, place: Unit, _held: frozenset[str]) -> dict[str, object] | None:
    """For grown-ups who may ask here."""
    if person is None or person.is_minor:
        return None
    return {"unit": place} if place.id in reached(person.id) else None


on_account_page("groups/visit_account_panel.html", _panel)
on_group_page("groups/visit_group_panel.html", _group_panel)
