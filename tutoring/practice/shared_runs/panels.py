"""The practice pane of a room, as one user sees it.

It shows the user's own screen, or that of a learner without any value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import gettext, pgettext
from markupsafe import Markup, escape

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.policy.practice.shared_runs import may_point, may_show_run, may_suggest
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.screens import screen as screens_screen
from tutoring.practice.screens.observed_screen import ObservedScreen, build_observed_screen
from tutoring.practice.screens.rendering import Play, screen_fragment
from tutoring.practice.shared_runs import queries as shared_runs_queries
from tutoring.practice.shared_runs.queries import ReplayedRun
from tutoring.rooms.hooks import RoomPanel, room_panels
from tutoring.rooms.models import Room
from tutoring.rooms.queries import shown_name


@dataclass(frozen=True)
class Pointing:
    """A user points at a control with this label."""

    control: str
    name: str
    label: str


@dataclass(frozen=True)
class RoomPane:
    """The content of the practice pane of a room."""

    viewer: User
    language: str
    room: Room
    mine: ReplayedRun | None
    others: Sequence[ReplayedRun]
    chosen: ReplayedRun | None  # one of `others`
    screen: ObservedScreen | None  # as other users see it
    pointing: Pointing | None  # in the user's own run, or in the chosen one
    own: Markup | None  # the user's own screen, with its form
    card: Sequence[tuple[str, str]]  # the values to type there
    offered: Sequence[Scenario]
    may_show: bool
    may_suggest: bool
    may_point: bool
    shut: bool  # locked or closed: nothing is shown

    @property
    def number(self) -> int:
        """The number of events that the shown screen includes."""
        shown = self.mine or self.chosen
        return len(shown.run.events) if shown else 0

    @property
    def sign(self) -> str:
        """An identifier of the pane's content, so that pages replace it only when it changed."""
        shown = self.mine or self.chosen
        where = f"{shown.run.id}:{self.number}" if shown else " ".join(one.run.id for one in self.others)
        return f"{where}:{self.pointing.control if self.pointing else ''}:{self.shut}:{self.may_point}"

    def name(self, going: ReplayedRun) -> str:
        return shown_name(going.user, self.viewer, self.language)


def room_pane(viewer: User, room: Room, known: RoomFacts, language: str, chosen_id: str = "") -> RoomPane:
    """Returns the practice pane for a user who may read the room.

    `chosen_id` is the run to show.
    """
    wards = shared_runs_queries.wards_of(viewer, known)
    shut = known.closed or known.locked
    seen = [] if shut else shared_runs_queries.seen_by(viewer, known, wards, shared_runs_queries.shown_in(room))
    mine = next((one for one in seen if one.user.id == viewer.id), None)
    others = [one for one in seen if one.user.id != viewer.id]
    chosen = next((one for one in others if one.run.id == chosen_id), others[0] if len(others) == 1 else None)
    looked_at = mine or chosen
    screen = (
        build_observed_screen(looked_at.scenario, looked_at.state, looked_at.run.events, language)
        if looked_at
        else None
    )
    pointing = _pointing(viewer, language, looked_at, screen) if looked_at and screen else None
    return RoomPane(
        viewer=viewer,
        language=language,
        room=room,
        mine=mine,
        others=others,
        chosen=chosen,
        screen=screen,
        pointing=pointing,
        own=_own(mine, pointing, language) if mine else None,
        card=screens_screen.card(mine.scenario, language) if mine else (),
        offered=[] if shut else shared_runs_queries.offered(room),
        may_show=may_show_run(known),
        may_suggest=may_suggest(known),
        may_point=chosen is not None and chosen.run.ended_at is None and may_point(known, chosen.user.id in wards),
        shut=shut,
    )


def _pointing(viewer: User, language: str, going: ReplayedRun, screen: ObservedScreen) -> Pointing | None:
    by = db.session.get(User, going.run.pointed_by_id) if going.control and going.run.pointed_by_id else None
    return Pointing(going.control, shown_name(by, viewer, language), screen.called(going.control)) if by else None


def _own(mine: ReplayedRun, pointing: Pointing | None, language: str) -> Markup:
    """Returns the learner's own screen, with a ring around the control that a user points at.

    static/practice/shared_runs/room.js does the same.
    """
    run = mine.run
    screen = screens_screen.shown(mine.scenario, mine.state, run.mode, language)
    hidden: dict[str, str | int] = {
        "at": mine.state.count,
        "to": url_for("rooms.show", room_id=run.room_id, show="practice", _anchor="practice"),
    }
    html = screen_fragment(screen, language, Play(url_for("practice.play", run_id=run.id), hidden))
    if pointing is None:
        return html
    place = f'data-control="{pointing.control.removeprefix("field:")}"'
    words = escape(gettext("%(name)s chỉ vào đây", name=pointing.name))
    return Markup(str(html).replace(place, f'{place} data-pointed="{words}"', 1))  # the inserted text is escaped


@room_panels.register(order=1)
def practice_panel(viewer: User, room: Room, known: RoomFacts, language: str) -> RoomPanel | None:
    """Returns the practice panel of the room's page, or None.

    It is only a link while no run is shown and the room's lesson has no scenario.
    """
    pane = room_pane(viewer, room, known, language, request.args.get("run", ""))
    going = bool(pane.mine or pane.others)
    if not going and not pane.offered:
        return None
    stands = going or any(one.lesson == room.lesson_slug for one in pane.offered)
    return RoomPanel(
        kind="practice",
        label=str(pgettext("rehearse", "Tập luyện")),
        href=url_for("practice.in_room", room_id=room.id),
        html=render_pane(pane, language) if stands else None,
        going=going,
        script="practice/shared_runs/room.js",
        style="practice/room.css",
        words={
            "pointed": str(gettext("{name} chỉ vào đây")),
            "failed": str(gettext("Chưa gửi được. Hãy thử lại.")),
        },
    )


def render_pane(pane: RoomPane, language: str) -> Markup:
    """Renders the pane as HTML, for the room's page and for its own page."""
    return Markup(render_template("practice/shared_runs/_room.html", pane=pane, room=pane.room, language=language))
