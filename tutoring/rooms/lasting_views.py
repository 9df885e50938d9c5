"""Lasting rooms by their forms: opened from a unit's page, for announcements alone, split; and the desk of a ward."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.community.panels import on_unit_page
from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.policy.lasting import lasting_kinds, may_ask_at_desk, may_open_lasting, may_split
from tutoring.policy.rooms import may_enter_as_observer, may_read_room
from tutoring.rooms import attendance, commands, lasting, queries
from tutoring.rooms.resting import hush
from tutoring.rooms.routes import Page, act, blueprint
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me

CHOICES = 120  # people whom the page of splitting lists: more than any class has


def _of_unit(person: User, unit: Unit, held: frozenset[str]) -> dict[str, object]:
    """The lasting rooms of a unit, for the page of its staff."""
    kinds = [kind for kind in lasting_kinds(unit.kind) if may_open_lasting(held, unit.kind, kind)]
    return {"unit": unit, "kinds": kinds, "open": lasting.open_in(unit.id) if kinds else {}}


on_unit_page("rooms/_of_unit.html", _of_unit)


@blueprint.post("/units/<int:unit_id>/rooms")
def open_lasting(unit_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        made = commands.open_lasting(me(), unit_id, request.form.get("kind", ""))
    except Invalid as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return redirect(url_for("rooms.show", room_id=made.id))


@blueprint.post("/rooms/<int:room_id>/announce")
def announce(room_id: int) -> Response:
    return act(room_id, commands.set_announcing, request.form.get("on", "1") != "0")


@blueprint.route("/rooms/<int:room_id>/split", methods=["GET", "POST"])
def split(room_id: int) -> Page:
    """Choose who goes into a side room, and what for; what was chosen stays when something is wrong."""
    chosen = set(request.form.getlist("user", type=whole)[:CHOICES])
    title, refused, status = request.form.get("title", ""), None, 200
    if request.method == "POST":
        limits.hit("act", me().id)
        try:
            side = commands.split(me(), room_id, chosen, title)
            return redirect(url_for("rooms.show", room_id=side.id))
        except Invalid as refusal:
            refused, status = refusal, refusal.status
    room = queries.room(room_id)
    known = queries.facts(room, me())
    if not may_split(known):
        if not (may_read_room(known) or may_enter_as_observer(known)):
            raise Missing
        quiet = hush(room, known)
        raise quiet.refusal() if quiet else NotAllowed
    here = {seat.user_id for seat in attendance.present(room_id, CHOICES)}
    seats = sorted(lasting.readers(room_id, CHOICES), key=lambda seat: (seat.user_id not in here, seat.id))
    return render_template(
        "rooms/split.html", room=room, seats=seats, here=here, chosen=chosen, title=title, fewest=lasting.FEWEST_APART,
        refused=said(refused) if refused else "", field=refused.field if refused else "",
    ), status  # fmt: skip


@blueprint.route("/desk/<int:unit_id>", methods=["GET", "POST"])
def desk(unit_id: int) -> Page:
    """Ask at the desk of one's ward."""
    person = me()
    unit = community.unit(unit_id)
    if unit.kind != "ward" or not may_ask_at_desk(person.is_minor, unit_id in lasting.units_for(person, "questions")):
        raise Missing
    refused, status = "", 200
    if request.method == "POST":
        limits.hit("act", person.id)
        try:
            return redirect(url_for("rooms.show", room_id=commands.ask_at_desk(person, unit_id).id))
        except Conflict as refusal:
            refused, status = said(refusal), refusal.status
    there = community.on_duty(unit_id, minors=False, but=[person.id])
    return render_template(
        "rooms/desk.html", unit=unit, there=there, mine=lasting.desk_of(person.id, unit_id), refused=refused
    ), status
