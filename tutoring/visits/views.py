"""Pages of visits.

Askers list, request and manage their visits. Staff list the visits of a unit, plan or refuse them. Visitors see the
address for a limited time, the badge, and record the outcome.

Helpers and observers propose a visit in a room.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.accounts.reader_names import shown_to_reader
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice, minutes
from tutoring.community.hooks import UnitLink, group_panels, unit_links
from tutoring.community.labels import ROLE_WORDS
from tutoring.community.memberships.queries import in_some_ward, reached
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.fallbacks.forms import TimesForm
from tutoring.policy import visits as policy
from tutoring.policy.community import GROUPS
from tutoring.policy.visits import FARTHEST, PLANNERS
from tutoring.visits import commands, queries
from tutoring.visits.blueprint import blueprint
from tutoring.visits.eligibility import candidates, role_at
from tutoring.visits.forms import AskVisitForm, EndVisitForm, OfferVisitForm, PlanVisitForm, RefuseVisitForm
from tutoring.visits.labels import KIND_WORDS, OUTCOME_WORDS, STATE_KINDS, STATE_WORDS, TAB_WORDS, WHY_WORDS
from tutoring.visits.models import Visit, VisitOffer
from tutoring.visits.panels import learners_of, room_to_offer_in
from tutoring.web import i18n
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.forms import parse_day
from tutoring.web.i18n import translate_error
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int

_ASK = "visits/new_visit.html"


def template_context() -> dict[str, Any]:
    """Returns the template context of every page of visits."""
    return {
        "kind_words": KIND_WORDS,
        "state_words": STATE_WORDS,
        "state_kinds": STATE_KINDS,
        "role_words": ROLE_WORDS,
        "outcome_words": OUTCOME_WORDS,
        "why_words": WHY_WORDS,
        "skills": dict(skills_queries.topics(str(get_locale()))),
    }


def people_of(row: Visit) -> list[tuple[User, str, str]]:
    """Returns the visitors with their role and the unit that vouches for them."""
    return [(one, *role_at(one.id, row.ward_id)) for one in row.visitors]


@blueprint.get("/visits")
def visits() -> str:
    person = require_user()
    return render_template(
        "visits/visits.html", mine=queries.asked_by(person.id), go=queries.to_go(person.id),
        offers=queries.offers_for(person.id), may_ask=not person.is_minor,
        belongs=not person.is_minor and in_some_ward(person.id), **template_context(),
    )  # fmt: skip


@blueprint.route("/visits/new", methods=["GET", "POST"])
def new_visit() -> Response:
    person = require_user()
    if person.is_minor:
        raise NotFound
    form, times, refusal = AskVisitForm(), TimesForm(), None
    places = queries.places_for(person)
    if not places:
        raise Forbidden(N_("Bạn chưa thuộc khu phố hay phường nào. Hãy nhập mã tham gia trước, rồi hẹn gặp."))
    offer = queries.open_offer(person, _number(form.offer.data or request.args.get("offer")))
    _fill(form, places, offer)
    if form.is_submitted():
        times = TimesForm.of(request.form)
        try:
            if form.validate():
                row = commands.ask_visit(person, _wanted(form, times), offer.id if offer else None)
                flash(gettext("Đã gửi. Người phụ trách sẽ xếp lịch rồi báo cho bạn."), "ok")
                return redirect(url_for("visits.visit", visit_id=row.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            if caught.field == "times":
                times.errors = {"times": [translate_error(caught)]}
    if refusal is not None and refusal.code == "private" and refusal.field == "address":
        form.address.data = ""  # text that is never stored is not sent back either
    open_one = queries.open_visits_of(person.id).get(form.kind.data or "")
    return render_form(_ASK, form, refusal, times=times, offer=offer, places=places, open_one=open_one)


def _fill(form: AskVisitForm, places: list[Unit], offer: VisitOffer | None) -> None:
    skills = skills_queries.topics(str(get_locale()))
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


def _wanted(form: AskVisitForm, times: TimesForm) -> commands.VisitInput:
    where: dict[str, Any] = {}
    if form.kind.data == "home":
        where = {
            "address": form.address.data or "", "children": form.children.data == "yes",
            "guardian_there": bool(form.guardian.data),
        }  # fmt: skip
    return commands.VisitInput(
        form.kind.data or "", form.unit.data, form.topic.data, form.words.data or "", times.times(),
        lesson_slug=form.lesson.data or None, **where,
    )  # fmt: skip


def _number(text: str | None) -> int:
    try:
        return parse_int(text or "")
    except ValueError:
        return 0


@blueprint.get("/visits/<int:visit_id>")
def visit(visit_id: int) -> str:
    row, known = queries.get_visit_for(require_user(), visit_id)
    now = clock.now()
    held = row.kind == "home" and queries.holds_address(row.id)
    template = "visits/visit.html" if known.is_asker else "visits/visitor.html"
    return render_template(
        template, row=row, known=known, may=policy, now=now, people=people_of(row), holds_address=held,
        number=queries.number_for(row, known), **template_context(),
    )  # fmt: skip


@blueprint.post("/visits/<int:visit_id>/cancel")
def cancel_visit(visit_id: int) -> Response:
    return _done(
        visit_id, lambda: commands.cancel_visit(require_user(), visit_id), gettext("Đã huỷ. Khi cần, bạn cứ hẹn lại.")
    )


@blueprint.post("/visits/<int:visit_id>/without")
def visit_without(visit_id: int) -> Response:
    other = request.form.get("person", 0, type=parse_int) or 0
    words = gettext("Người đó sẽ không đến, và không được cho biết lý do. Buổi hẹn đang được xếp lại.")
    return _done(visit_id, lambda: commands.remove_visitor(require_user(), visit_id, other), words)


@blueprint.post("/visits/<int:visit_id>/judge")
def judge_visit(visit_id: int) -> Response:
    helped = request.form.get("helped") == "yes"
    return _done(
        visit_id, lambda: commands.judge_visit(require_user(), visit_id, helped), gettext("Cảm ơn bạn đã cho biết.")
    )


@blueprint.post("/visits/<int:visit_id>/online")
def visit_online(visit_id: int) -> Response:
    try:
        return redirect(url_for("pairing.request", request_id=commands.request_online_help(require_user(), visit_id)))
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("visits.visit", visit_id=visit_id))


@blueprint.post("/visit-offers/<int:offer_id>/decline")
def decline_visit(offer_id: int) -> Response:
    commands.decline_offer(require_user(), offer_id)
    flash(gettext("Đã trả lời. Bạn vẫn được giúp trên mạng như trước."), "ok")
    return redirect(url_for("visits.visits"))


def _done(visit_id: int, act: Any, words: str) -> Response:
    return run_action(act, words, url_for("visits.visit", visit_id=visit_id))


@account_panels.register
def _panel(user: User) -> Panel:
    return Panel("visits/visit_account_panel.html", {"may": not user.is_minor})


@group_panels.register
def _group_panel(person: User | None, place: Unit, _held: frozenset[str]) -> Panel | None:
    """Returns the panel for adults who may ask here."""
    if person is None or person.is_minor:
        return None
    return Panel("visits/visit_group_panel.html", {"unit": place}) if place.id in reached(person.id) else None


def _columns(topics: dict[str, str]) -> tuple[tables.Column, ...]:
    return (
        tables.Column("who", N_("Người hẹn")),  # no file holds who was visited
        tables.Column("topic", N_("Việc"), lambda row: topics.get(row.topic, row.topic)),
        tables.Column("kind", N_("Ở đâu"), lambda row: gettext(KIND_WORDS[row.kind])),
        tables.Column("unit", N_("Đơn vị"), lambda row: row.unit.name),
        tables.Column("asked", N_("Hỏi lúc"), lambda row: tables.moment(row.asked_at)),
        tables.Column("at", N_("Hẹn lúc"), lambda row: tables.moment(row.at) if row.at else ""),
        tables.Column("visitors", N_("Người đi"), lambda row: ", ".join(one.shown_name for one in row.visitors)),
        tables.Column("state", N_("Tình trạng"), lambda row: gettext(STATE_WORDS[row.state])),
    )


@blueprint.get("/units/<int:unit_id>/visits")
def unit_visits(unit_id: int) -> Response | str:
    place = queries.unit_for_staff(require_user(), unit_id)
    wanted = tables.wanted(queries.ORDERS, "-asked", tab=TAB_WORDS)
    tabs = {"" if one == "asked" else one: gettext(said) for one, said in TAB_WORDS.items()}
    filters = [tables.Filter("tab", gettext("Trạng thái"), tabs)]
    context = template_context()
    table = tables.Table(_columns(context["skills"]), queries.ORDERS, wanted, queries.in_unit(unit_id, wanted), filters)
    if tables.asks_for_file():
        return table.file("hen-gap")
    return render_template(
        "visits/unit_visits.html", unit=place, table=table, has_group_page=place.kind in GROUPS, **context,
    )  # fmt: skip


@blueprint.route("/visits/<int:visit_id>/plan", methods=["GET", "POST"])
def plan_visit(visit_id: int) -> Response:
    row = _to_plan(visit_id)
    form, refusal = PlanVisitForm(), None
    people = candidates(row)
    form.one.choices = form.two.choices = [choice("", gettext("Chọn người")), *(_choice(one) for one in people)]
    if row.kind == "desk":
        del form.two
    form.begin(**_stored(row))
    if form.validate_on_submit():
        try:
            commands.plan_visit(require_user(), visit_id, _when(form), _people(form, row.kind))
            flash(gettext("Đã xếp lịch. Người hẹn và người đi đều được báo."), "ok")
            return redirect(url_for("visits.visit", visit_id=visit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, queries.visit(visit_id)
    elif not form.is_submitted():
        _suggest(form, row, [one.id for one in people])
    today = clock.today()
    return render_form(
        "visits/plan_visit.html", form, refusal, row=row, today=today, last=today + FARTHEST, few=len(people) < 2,
        **template_context(),
    )  # fmt: skip


def _to_plan(visit_id: int) -> Visit:
    row, known = queries.get_visit_for(require_user(), visit_id)
    if not known.plans:
        raise NotFound
    if not policy.may_change_plan(known):
        raise Conflict
    return row


def _choice(person: User) -> Any:
    return choice(str(person.id), person.full_name)


def _stored(row: Visit) -> dict[str, str]:
    """Returns the current plan."""
    here = clock.local(row.at) if row.at is not None else None
    people = [str(one) for one in row.visitor_ids or ()]
    found = {"day": here.date().isoformat() if here else "", "time": f"{here:%H:%M}" if here else ""}
    return found | {name: people[n] if n < len(people) else "" for n, name in enumerate(("one", "two"))}


def _suggest(form: PlanVisitForm, row: Visit, people: list[int]) -> None:
    """Suggests, for a visit without a plan, the first suitable future time and the planner."""
    soon = clock.now() + policy.SOONEST
    if row.at is None and (at := next((one for one in row.wished if one > soon), None)) is not None:
        here = clock.local(at)
        form.day.data, form.time.data = here.date().isoformat(), f"{here:%H:%M}"
    if not row.visitor_ids and require_user().id in people:
        form.one.data = str(require_user().id)


def _when(form: PlanVisitForm) -> datetime:
    midnight = datetime.combine(parse_day(form.day.data, "day"), time(0), clock.LOCAL)
    return (midnight + timedelta(minutes=minutes(form.time.data or "") or 0)).astimezone(UTC)


def _people(form: PlanVisitForm, kind: str) -> list[int]:
    chosen = (form.one.data, form.two.data) if kind == "home" else (form.one.data,)
    return [int(one) for one in chosen if one]


@blueprint.route("/visits/<int:visit_id>/refuse", methods=["GET", "POST"])
def refuse_visit(visit_id: int) -> Response:
    row = _to_plan(visit_id)
    form, refusal = RefuseVisitForm(), None
    if form.validate_on_submit():
        try:
            commands.refuse_visit(require_user(), visit_id, form.reason.data or "")
            flash(gettext("Đã trả lời người hẹn."), "ok")
            return redirect(url_for("visits.visit", visit_id=visit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, queries.visit(visit_id)
    return render_form("visits/visit_refuse.html", form, refusal, row=row, **template_context())


# ---- from a room ----------------------------------------------------------------------------------------------


@blueprint.route("/rooms/<int:room_id>/visit", methods=["GET", "POST"])
def offer_visit(room_id: int) -> Response:
    room = room_to_offer_in(require_user(), room_id)
    form, refusal = OfferVisitForm(), None
    found = learners_of(room)
    form.learner.choices = [choice(str(one.id), shown_to_reader(one)) for one in found]
    if len(found) == 1 and not form.is_submitted():
        form.learner.data = str(found[0].id)
    if form.validate_on_submit():
        try:
            commands.offer_visit(require_user(), room_id, int(form.learner.data))
            flash(gettext("Đã đề nghị. Người học tự trả lời và tự ghi địa chỉ nếu muốn."), "ok")
            return redirect(url_for("rooms.show", room_id=room_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("visits/visit_offer.html", form, refusal, room_id=room_id, learners=found)


@unit_links.register
def _of_unit(tab: str, _person: User, place: Unit, held: frozenset[str]) -> UnitLink | None:
    runs = not PLANNERS.isdisjoint(held) and place.kind in {"city", "ward", "neighbourhood"}
    if tab != "today" or not runs:
        return None
    count = queries.waiting_in(place.id)
    waiting = ngettext("%(num)s yêu cầu hẹn gặp đang chờ", "%(num)s yêu cầu hẹn gặp đang chờ", count) if count else ""
    href = url_for("visits.unit_visits", unit_id=place.id)
    return UnitLink(gettext("Hẹn gặp trực tiếp"), href, "hand", waiting)


@blueprint.post("/visits/<int:visit_id>/address")
def visit_address(visit_id: int) -> Response | str:
    try:
        address = commands.read_address(require_user(), visit_id)
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("visits.visit", visit_id=visit_id))
    row = queries.visit(visit_id)
    last = i18n.day(clock.local(policy.until(row.at)).date() - timedelta(days=1)) if row.at else ""
    return render_template("visits/visit_address.html", address=address, row=row, last=last)


@blueprint.get("/visits/<int:visit_id>/badge")
def visit_badge(visit_id: int) -> str:
    row, known = queries.get_visit_for(require_user(), visit_id)
    if not known.goes:
        raise NotFound
    if not policy.may_carry_badge(known):
        raise Conflict
    day = i18n.day(clock.local(row.at).date(), "weekday_year") if row.at else ""
    role, place = role_at(require_user().id, row.ward_id)
    return render_template(
        "visits/visit_badge.html", row=row, person=require_user(), role=role, place=place, day=day,
        number=queries.number_for(row, known), **template_context(),
    )  # fmt: skip


@blueprint.route("/visits/<int:visit_id>/end", methods=["GET", "POST"])
def end_visit(visit_id: int) -> Response:
    row, known = queries.get_visit_for(require_user(), visit_id)
    if not (known.goes or known.is_planner):
        raise NotFound
    form, refusal = EndVisitForm(), None
    if form.validate_on_submit():
        try:
            commands.record_outcome(require_user(), visit_id, form.outcome.data, form.words.data or "")
            flash(gettext("Đã ghi. Cảm ơn bạn đã đi giúp."), "ok")
            return redirect(url_for("visits.visit", visit_id=visit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    row, known = queries.get_visit_for(require_user(), visit_id)
    if refusal is None and not policy.may_say_how_it_went(known, clock.now()):
        raise Conflict
    return render_form("visits/visit_end.html", form, refusal, row=row, **template_context())


@blueprint.post("/visits/<int:visit_id>/missed")
def miss_visit(visit_id: int) -> Response:
    try:
        commands.say_missed(require_user(), visit_id, request.form.get("why", ""))
        flash(gettext("Đã ghi. Người hẹn và người phụ trách thấy lý do này."), "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("visits.visit", visit_id=visit_id))
