"""Forms of persistent rooms: open, announcements only, split; and the help desk of a ward."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.hooks import unit_panels
from tutoring.community.models import Unit
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.policy.rooms.participation import may_enter_as_observer, may_read_room
from tutoring.policy.rooms.persistent_rooms import (
    may_ask_at_desk,
    may_open_persistent_room,
    may_split,
    persistent_room_kinds,
)
from tutoring.rooms import queries
from tutoring.rooms.blueprint import Page, blueprint, run_moderation_command
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.read_only import read_only_notice
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int

CHOICES = 120  # people listed when splitting: more than any class has


@unit_panels.register
def _of_unit(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> Panel | None:
    """Returns the persistent rooms of a unit, for its staff page."""
    if tab != "classes":
        return None
    kinds = [kind for kind in persistent_room_kinds(unit.kind) if may_open_persistent_room(held, unit.kind, kind)]
    return Panel(
        "rooms/persistent_rooms/_of_unit.html",
        {"unit": unit, "kinds": kinds, "open": persistent_rooms_queries.open_in(unit.id) if kinds else {}},
    )


@blueprint.post("/units/<int:unit_id>/rooms")
def open_lasting(unit_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        made = persistent_rooms_commands.open_lasting(require_user(), unit_id, request.form.get("kind", ""))
    except InvalidInput as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return redirect(url_for("rooms.show", room_id=made.id))


@blueprint.post("/rooms/<int:room_id>/announce")
def announce(room_id: int) -> Response:
    return run_moderation_command(room_id, persistent_rooms_commands.set_announcing, request.form.get("on", "1") != "0")


@blueprint.route("/rooms/<int:room_id>/split", methods=["GET", "POST"])
def split(room_id: int) -> Page:
    """Chooses people and a title for a breakout room; the choice survives an error."""
    chosen = set(request.form.getlist("user", type=parse_int)[:CHOICES])
    title, refused, status = request.form.get("title", ""), None, 200
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        try:
            side = persistent_rooms_commands.split(require_user(), room_id, chosen, title)
            return redirect(url_for("rooms.show", room_id=side.id))
        except InvalidInput as refusal:
            refused, status = refusal, refusal.status
    room = queries.room(room_id)
    known = queries.room_facts(room, require_user())
    if not may_split(known):
        if not (may_read_room(known) or may_enter_as_observer(known)):
            raise NotFound
        quiet = read_only_notice(room, known)
        raise quiet.refusal() if quiet else Forbidden
    here = {seat.user_id for seat in presence_queries.present(room_id, CHOICES)}
    seats = sorted(
        persistent_rooms_queries.readers(room_id, CHOICES), key=lambda seat: (seat.user_id not in here, seat.id)
    )
    return render_template(
        "rooms/persistent_rooms/breakout.html",
        room=room,
        seats=seats,
        here=here,
        chosen=chosen,
        title=title,
        fewest=persistent_rooms_queries.FEWEST_APART,
        refused=translate_error(refused) if refused else "",
        field=refused.field if refused else "",
    ), status


@blueprint.route("/desk/<int:unit_id>", methods=["GET", "POST"])
def desk(unit_id: int) -> Page:
    """Opens a room at the help desk of the user's ward."""
    person = require_user()
    unit = community.unit(unit_id)
    if unit.kind != "ward" or not may_ask_at_desk(
        person.is_minor, unit_id in persistent_rooms_queries.units_for(person, "questions")
    ):
        raise NotFound
    refused, status = "", 200
    if request.method == "POST":
        rate_limits.hit("act", person.id)
        try:
            return redirect(url_for("rooms.show", room_id=persistent_rooms_commands.ask_at_desk(person, unit_id).id))
        except Conflict as refusal:
            refused, status = translate_error(refusal), refusal.status
    there = community.on_duty(unit_id, minors=False, but=[person.id])
    return render_template(
        "rooms/persistent_rooms/help_desk.html",
        unit=unit,
        there=there,
        mine=persistent_rooms_queries.desk_of(person.id, unit_id),
        refused=refused,
    ), status
