"""What those see who run the training of a ward or city: who is ready and who is due, and whom they put on a track."""

from dataclasses import dataclass
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.panels import on_group_page, on_unit_page
from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid, Missing
from tutoring.policy.training import may_lead_training, may_run_training
from tutoring.training import commands
from tutoring.training.bank import tracks
from tutoring.training.people import found_members, names, places
from tutoring.training.queries import KINDS, place_of, sessions_of
from tutoring.training.routes import blueprint
from tutoring.training.standing import SHOWS, Counts, Syllabus, counts, syllabus
from tutoring.training.tables import city_page, csv_of, people_page
from tutoring.training.words import SHOW_WORDS, missing_words
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@dataclass(frozen=True)
class Tab:
    """A track on the page of a unit, with its counts there."""

    known: Syllabus
    counts: Counts


def _asked() -> tuple[str, str]:
    """The track and the filter that the address names, or the first ones."""
    track, show = request.args.get("track", ""), request.args.get("show", "")
    return track if track in tracks() else next(iter(tracks()), ""), show if show in SHOWS else "all"


def _after() -> int:
    return request.args.get("after", 0, type=whole) or 0


@blueprint.get("/units/<int:unit_id>/training")
def unit(unit_id: int) -> str:
    place, _held = place_of(me(), unit_id)
    language = str(get_locale())
    known = [syllabus(one, language) for one in tracks().values()]
    if place.kind == "city":
        page = city_page(place, known, _after())
        return render_template("training/city.html", place=place, page=page, sessions=sessions_of(place))
    track_id, show = _asked()
    tabs = [Tab(one, counts(one, [unit_id]).get(unit_id, Counts())) for one in known]
    chosen = next((tab for tab in tabs if tab.known.track.id == track_id), None)
    facts: dict[str, Any] = {
        "place": place, "tabs": tabs, "chosen": chosen, "show": show, "shows": SHOW_WORDS,
        "sessions": sessions_of(place, place.parent_id), "missing": missing_words,
    }  # fmt: skip
    if chosen is not None:
        facts["page"] = people_page(chosen.known, unit_id, show, _after())
    return render_template("training/unit.html", **facts)


@blueprint.get("/units/<int:unit_id>/training.csv")
def unit_file(unit_id: int) -> Response:
    place, _held = place_of(me(), unit_id)
    track_id, show = _asked()
    if place.kind != "ward" or not track_id:
        raise Missing
    limits.hit("export", me().id)
    made = csv_of(syllabus(tracks()[track_id], str(get_locale())), unit_id, show)
    answer = FlaskResponse(made, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="tap-huan-{track_id}.csv"'
    return answer


# ---- by hand ---------------------------------------------------------------------------------------------------


@blueprint.get("/units/<int:unit_id>/training/people")
def people(unit_id: int) -> str:
    place, _held = place_of(me(), unit_id)
    if place.kind != "ward":
        raise Missing
    track_id, _show = _asked()
    here, words = places(unit_id), request.args.get("q", "")[:80]
    at = request.args.get("at", unit_id, type=whole)
    if words:
        limits.hit("search", me().id)
    chosen = next((one for one in here if one.id == at), place)
    on_it = names(tracks()[track_id], unit_id) if track_id else []
    return render_template(
        "training/people.html", place=place, places=here, chosen=chosen, words=words, track_id=track_id,
        tracks=[(one.id, one.title_in(str(get_locale()))) for one in tracks().values()],
        found=found_members(chosen.id, words), on_it={one.user_id for one in on_it},
        by_hand=[one for one in on_it if one.assignment_id is not None],
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/training/people")
def assign(unit_id: int) -> Response:
    track_id = request.form.get("track", "")
    try:
        new = commands.assign(me(), unit_id, track_id, request.form.get("member", 0, type=whole) or 0)
        flash(
            gettext("Đã thêm vào lộ trình. Người đó được báo.") if new else gettext("Người này đã có lộ trình."), "ok"
        )
    except Invalid as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("training.unit", unit_id=unit_id, track=track_id))


@blueprint.post("/training/assignments/<int:assignment_id>/remove")
def unassign(assignment_id: int) -> Response:
    row = commands.take_off(me(), assignment_id)
    flash(gettext("Đã bỏ khỏi lộ trình. Bài đã học và buổi đã dự vẫn còn."), "ok")
    return redirect(url_for("training.unit", unit_id=row.unit.ward_id, track=row.track))


# ---- on other pages --------------------------------------------------------------------------------------------


def _unit_panel(_person: User, place: Unit, held: frozenset[str]) -> dict[str, object]:
    return {"place": place, "may": place.kind in KINDS and may_run_training(held)}


def _group_panel(person: User | None, place: Unit, held: frozenset[str]) -> dict[str, object] | None:
    if person is None or not may_lead_training(held):
        return None
    return {"place": place, "runs": place.kind in KINDS and may_run_training(held)}


on_unit_page("training/_unit_panel.html", _unit_panel)
on_group_page("training/_group_panel.html", _group_panel)
