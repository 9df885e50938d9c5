"""One's own page of training: the tracks, what comes next, the sessions; a seat is taken and given back in one tap."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.community.queries import units_of
from tutoring.kernel.errors import Conflict
from tutoring.policy.training import TRAINERS
from tutoring.training import commands
from tutoring.training.people import Mine, mine
from tutoring.training.queries import KINDS, cards_for, seen_by
from tutoring.training.readiness import Readiness
from tutoring.training.routes import blueprint
from tutoring.training.standing import Syllabus, standings, syllabus
from tutoring.web.i18n import said
from tutoring.web.signin import me


@dataclass(frozen=True)
class OwnTrack:
    """A track of one's own and where one stands in it."""

    own: Mine
    known: Syllabus
    stands: Readiness

    @property
    def next(self) -> tuple[str, str]:
        """The kind and the lesson of what comes next; two empty words when nothing does."""
        first = next(iter(self.stands.missing), None)
        return (first.kind, first.slug) if first else ("", "")


def own_tracks(person: User, own: list[Mine]) -> list[OwnTrack]:
    language = str(get_locale())
    found = []
    for one in own:
        known = syllabus(one.track, language)
        found.append(OwnTrack(one, known, standings(known, [person.id])[person.id]))
    return found


@blueprint.get("/training")
def index() -> str:
    person = me()
    own = mine(person)
    runs = [one for one in units_of(person.id, TRAINERS) if one.kind in KINDS]
    return render_template(
        "training/index.html", tracks=own_tracks(person, own), cards=cards_for(person, own), runs=runs
    )


@blueprint.get("/training/sessions/<int:training_id>")
def session(training_id: int) -> str:
    return render_template("training/session.html", card=seen_by(me(), training_id))


def _back(training_id: int) -> Response:
    return redirect(url_for("training.session", training_id=training_id))


@blueprint.post("/training/sessions/<int:training_id>/sign-up")
def sign_up(training_id: int) -> Response:
    try:
        waits = commands.sign_up(me(), training_id).state == "waiting"
        words = gettext("Buổi này đã hết chỗ. Bạn ở trong danh sách chờ; có chỗ trống thì được báo ngay.")
        flash(words if waits else gettext("Đã đăng ký. Bạn được nhắc trước một ngày."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return _back(training_id)


@blueprint.post("/training/sessions/<int:training_id>/withdraw")
def withdraw(training_id: int) -> Response:
    try:
        commands.withdraw(me(), training_id)
        flash(gettext("Đã rút. Chỗ này được chuyển cho người đang chờ."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("training.index"))


@blueprint.post("/training/assignments/<int:assignment_id>/leave")
def leave_track(assignment_id: int) -> Response:
    commands.take_off(me(), assignment_id)
    flash(gettext("Bạn đã rời lộ trình này. Bài đã học vẫn còn."), "ok")
    return redirect(url_for("training.index"))
