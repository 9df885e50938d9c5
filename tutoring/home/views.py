"""The start page and the help page."""

from flask import Blueprint, render_template
from flask_babel import get_locale
from flask_login import current_user

from tutoring.community.queries import duty_phones_of
from tutoring.groups.places import mine
from tutoring.home import queries
from tutoring.lessons import queries as lessons
from tutoring.policy.access import STAFF
from tutoring.rooms.lists import lasting_rows
from tutoring.web.signin import held_roles, me

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> str:
    language = str(get_locale())
    if not current_user.is_authenticated:
        return render_template("home/visitor.html", paths=lessons.paths(language))
    person, held = me(), held_roles()
    groups, waiting = mine(person), queries.waiting_for(person, held)
    theirs = {unit.id for unit in waiting.units}
    return render_template(
        "home/start.html",
        places=lasting_rows(person, language, watches=not STAFF.isdisjoint(held)),
        groups=[one for one in groups if one.id not in theirs],
        group_ids={one.id for one in groups},
        waiting=waiting,
        in_circles="parent" in held,
        skills=dict(lessons.topics(language)),
        resume=lessons.resume(person.id, language),
    )


@blueprint.get("/help")
def help() -> str:
    duty = duty_phones_of(current_user.id) if current_user.is_authenticated else []
    return render_template("home/help.html", duty=duty)
