"""The start page, the help page and the search page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import format_date, get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.models import Guardian
from tutoring.accounts.queries import children
from tutoring.classes.work.own_works import open_ones, works_for
from tutoring.community.models import Unit
from tutoring.community.queries import duty_phones_of
from tutoring.community.units.tabs import own_staff_roles
from tutoring.groups.access import list_units_of_user
from tutoring.home import commands, queries, search, start_page
from tutoring.home.first_steps import FirstStepsShown, Step, first_steps
from tutoring.home.help import catalogue
from tutoring.home.pending_work.collected import pending_work
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.staff_page import staff_page
from tutoring.home.upcoming_appointments import coming as next_times
from tutoring.kernel import clock, paging, rate_limits
from tutoring.kernel.held_roles import held_roles
from tutoring.kernel.text import nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.search.common_questions import common_questions
from tutoring.lessons.skills import queries as skills_queries
from tutoring.notifications.calendar.hours import end_hour, hours, is_whole_day
from tutoring.notifications.calendar.sources import KINDS
from tutoring.policy.access import STAFF
from tutoring.practice.runs import queries as rehearsals
from tutoring.rooms.room_lists import list_persistent_rooms
from tutoring.safety.free_text import searches_danger
from tutoring.training.track_members import has_track
from tutoring.web.auth import current_roles, lacks_factor, require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language
from tutoring.web.security import without_token
from tutoring.web.urls import parse_int
from tutoring.welfare.cards import age_of

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> str:
    lang = str(get_locale())
    if not current_user.is_authenticated:
        return render_template("home/visitor.html", paths=catalogue_queries.paths(lang))
    person, held, ties = require_user(), current_roles(), children(require_user().id)
    lacking, guards = lacks_factor(), any(tie.child.kind == "child" for tie in ties)
    steps = first_steps(person, start_page.lens(person, held_roles(person.id) if lacking else held, guards), lacking)
    lens = start_page.lens(person, held, guards) if lacking else steps.lens
    page = _staff_start if lens in start_page.POWER else _learner_start
    return page(lens, steps, ties, lang)


def _learner_start(lens: str, steps: FirstStepsShown, ties: list[Guardian], lang: str) -> str:
    person = require_user()
    waiting = queries.waiting_for(person, ties)
    set_works = open_ones(works_for(person))
    acts, more = start_page.actions(
        lens, grown=not person.is_minor, parent="parent" in current_roles(), track=waiting.training
    )
    return render_template(
        "home/start.html",
        places=list_persistent_rooms(person, lang, watches=False),
        groups=list_units_of_user(person),
        waiting=waiting,
        works=[row for row in set_works if row.child is None],
        of_children=[row for row in set_works if row.child is not None],
        skills=skills_queries.topic_names(lang),
        resume=progress_queries.resume(person.id, lang),
        rehearsal_left=rehearsals.find_unfinished_run(person.id, lang),
        steps=steps,
        step_href=lambda step: step_href(step, []),
        coming=next_times(person, ties),
        kinds=KINDS,
        acts=acts,
        more=more,
    )


def _viewer(ties: list[Guardian]) -> Viewer:
    person, held = require_user(), current_roles()
    staff = own_staff_roles() if held & STAFF else {}
    return Viewer(person, held, staff, [tie.child_id for tie in ties if tie.confirmed_at])


@blueprint.get("/waiting-work")
def waiting_work() -> str:
    work = pending_work(_viewer(children(require_user().id)))
    rows = paging.part(work.items, request.args.get("page", 1, type=parse_int))
    return render_template("home/waiting_work.html", rows=rows, items=work.with_words(rows.items))


def _staff_start(lens: str, steps: FirstStepsShown, ties: list[Guardian], lang: str) -> str:
    person, held, viewer = require_user(), current_roles(), _viewer(ties)
    staff = viewer.staff
    page = staff_page(viewer, ties, pending_work(viewer))
    theirs = {unit.id for unit in staff}
    _acts, more = start_page.actions(lens, grown=True, parent="parent" in held, track=has_track(person))
    return render_template(
        "home/staff.html",
        page=page,
        children=[tie for tie in ties if tie.child.kind == "child"],
        places=list_persistent_rooms(person, lang, watches=bool(staff)),
        groups=[one for one in list_units_of_user(person) if one.id not in theirs],
        resume=progress_queries.resume(person.id, lang),
        rehearsal_left=rehearsals.find_unfinished_run(person.id, lang),
        steps=steps,
        step_href=lambda step: step_href(step, list(staff)),
        kinds=KINDS,
        more=more,
        local=clock.local,
        hours=hours,
        is_whole_day=is_whole_day,
        end_hour=end_hour,
        today=format_date(clock.today(), "EEEE d/M"),
    )


def step_href(step: Step, units: list[Unit]) -> str:
    """Returns the URL of a first step.

    Empty for steps that others do, and while there is no unit to do it in.
    """
    if not step.endpoint:
        return ""
    if step.unit:
        return url_for(step.endpoint, unit_id=units[0].id) if units else ""
    return url_for(step.endpoint, **step.values)


@blueprint.post("/first-steps/put-away")
def put_steps_away() -> Response:
    commands.dismiss_steps(require_user())
    return redirect(url_for("home.start"))


@blueprint.post("/first-steps/bring-back")
def bring_steps_back() -> Response:
    commands.restore_steps(require_user())
    return redirect(url_for("home.start", _anchor="first-steps"))


@blueprint.post("/first-steps/calls")
def calls_saved() -> Response:
    return run_action(
        lambda: commands.save_calls(require_user()), gettext("Đã ghi: bạn có các số này."), url_for("home.start")
    )


@blueprint.get("/help")
def help() -> str:
    signed_in = current_user.is_authenticated
    held = current_roles() if signed_in else frozenset()
    return render_template(
        "home/help.html",
        duty=duty_phones_of(current_user.id) if signed_in else [],
        roles=catalogue.pages("role", held),
        topics=catalogue.pages("topic"),
    )


@blueprint.route("/search", methods=["GET", "POST"], endpoint="search")
@without_token  # visitors' pages hold no token, and a search changes nothing
def search_page() -> Response | str:
    """The search page. The input is never stored.

    It arrives by POST, so that words about danger appear in no URL and no history. Other searches are redirected to a
    URL of their own.
    """
    typed = nfc(request.values.get("q", "")[: search.MAX_QUERY_CHARS])
    care = searches_danger(typed)
    if care != (request.method == "POST"):
        return redirect(url_for("welfare.card") if care else url_for("home.search", q=typed), 303)
    looked = bool(search.words_of(typed))
    found = search.SearchResults()
    if looked:
        known = current_user.is_authenticated
        if not care:
            rate_limits.hit(*(("search", current_user.id) if known else ("search_address", request.remote_addr)))
        person = require_user() if known else None
        found = search.find(person, current_roles(), typed, language(), care=care, as_typed="as" in request.args)
        if not care and found.lessons.corrected and searches_danger(found.lessons.corrected):
            return redirect(url_for("welfare.card"), 303)
    return render_template(
        "home/search.html",
        typed="" if care else typed,
        care=care,
        age=age_of(require_user() if current_user.is_authenticated else None),
        looked=looked,
        found=found,
        questions=[] if len(found) else common_questions(),
        above=search.above(found),
        place_href=search.place_href,
        person_href=search.person_href,
    )
