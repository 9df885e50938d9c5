"""Pages of staff training for trainers and for each person.

Trainers see who is ready or due, put people on tracks, publish, change and cancel sessions, and record attendance.
Each person sees their tracks, what comes next and their sessions, and takes or gives back a seat.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.community.hooks import UnitLink, group_panels, unit_links
from tutoring.community.labels import role_word
from tutoring.community.models import Unit
from tutoring.community.queries import units_of
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import Conflict, DomainError, InvalidInput, NotFound
from tutoring.kernel.paging import ROWS
from tutoring.kernel.text import N_
from tutoring.policy.training import TRAINERS, may_lead_training, may_run_training
from tutoring.training import commands as training_commands
from tutoring.training import seats
from tutoring.training.attendance_sheet import sheet_of
from tutoring.training.blueprint import blueprint, track_title
from tutoring.training.forms import CancelForm, SessionForm
from tutoring.training.labels import (
    SESSION_KINDS,
    SESSION_SHOW_WORDS,
    SHOW_WORDS,
    WAY_KINDS,
    WAY_SHOW_WORDS,
    WAY_WORDS,
    missing_words,
)
from tutoring.training.models import TrainingSession
from tutoring.training.progress_queries import (
    SHOWS,
    Counts,
    Syllabus,
    counts_of_tracks,
    get_readiness_of_people,
    syllabi,
)
from tutoring.training.progress_tables import PEOPLE_ORDERS, city_page, people_columns, people_page
from tutoring.training.queries import (
    KINDS,
    SESSION_ORDERS,
    SESSION_SHOWS,
    cards_for,
    place_of,
    seen_by,
    session_of,
    session_table,
    sessions_of,
)
from tutoring.training.readiness import Readiness
from tutoring.training.track_members import (
    CANDIDATE_ORDERS,
    WAYS,
    UserTrack,
    candidate_page,
    count_candidates,
    leaders,
    list_tracks_of_user,
)
from tutoring.training.tracks import tracks
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int


@dataclass(frozen=True)
class Tab:
    """A track on the page of a unit, with its counts there."""

    known: Syllabus
    counts: Counts


def _track() -> str:
    """Returns the track from the query string, or the first one."""
    track = request.args.get("track", "")
    return track if track in tracks() else next(iter(tracks()), "")


@blueprint.get("/units/<int:unit_id>/training")
def unit(unit_id: int) -> Response | str:
    place, _held = place_of(require_user(), unit_id)
    language = str(get_locale())
    known = syllabi(tracks().values(), language)
    if place.kind == "city":
        page = city_page(place, known, request.args.get("after", 0, type=parse_int) or 0)
        return render_template("training/city.html", place=place, page=page, sessions=sessions_of(place))
    found = counts_of_tracks(known, [unit_id])
    tabs = [Tab(one, many.get(unit_id, Counts())) for one, many in zip(known, found, strict=True)]
    chosen = next((tab for tab in tabs if tab.known.track.id == _track()), None)
    table = _people(chosen, unit_id) if chosen is not None else None
    if table is not None and tables.asks_for_file():
        rate_limits.hit("export", require_user().id)
        return table.file(f"tap-huan-{_track()}")
    return render_template(
        "training/unit.html", place=place, tabs=tabs, chosen=chosen, table=table, missing=missing_words,
        sessions=sessions_of(place, place.parent_id),
    )  # fmt: skip


def _people(tab: Tab, unit_id: int) -> tables.Table:
    wanted = tables.wanted(PEOPLE_ORDERS, "name", show=SHOWS)
    counted = tab.counts
    numbers = {
        "": counted.total, "due": counted.due, "ready": counted.ready, "missing": counted.total - counted.ready,
    }  # fmt: skip
    shows = {"" if show == "all" else show: gettext(label) for show, label in SHOW_WORDS.items()}
    return tables.Table(
        people_columns(tab.known), PEOPLE_ORDERS, wanted, people_page(tab.known, unit_id, wanted),
        [tables.Filter("show", gettext("Lọc"), shows, numbers)], {"track": tab.known.track.id},
    )  # fmt: skip


SESSION_COLUMNS = (
    tables.Column("title", N_("Buổi tập huấn"), lambda row: row.title),
    tables.Column("at", N_("Lúc"), lambda row: tables.moment(row.at)),
    tables.Column("track", N_("Lộ trình"), lambda row: track_title(row.track)),
    tables.Column("unit", N_("Thuộc"), lambda row: row.unit.name),
    tables.Column("leader", N_("Người hướng dẫn"), lambda row: row.leader.full_name),
    tables.Column("seats", N_("Đã đăng ký"), lambda row: f"{row.taken}/{row.seats}", number=True),
    tables.Column("state", N_("Tình trạng"), lambda row: gettext(SESSION_SHOW_WORDS[_stands(row)])),
)


def _stands(row: TrainingSession) -> str:
    """Returns how a session stands, as a key of `SESSION_SHOW_WORDS`."""
    if row.state == "cancelled":
        return "cancelled"
    if row.at > clock.now():
        return "coming"
    return "over" if row.marked_at else "unmarked"


@blueprint.get("/units/<int:unit_id>/training/sessions")
def unit_sessions(unit_id: int) -> Response | str:
    place, _held = place_of(require_user(), unit_id)
    wanted = tables.wanted(SESSION_ORDERS, "-at", show=SESSION_SHOWS)
    shows = {show: gettext(label) for show, label in SESSION_SHOW_WORDS.items()}
    filters = [tables.Filter("show", gettext("Lọc"), shows)]
    table = tables.Table(SESSION_COLUMNS, SESSION_ORDERS, wanted, session_table(place, wanted), filters)
    if tables.asks_for_file():
        return table.file("buoi-tap-huan")
    return render_template(
        "training/sessions.html", place=place, table=table, stands=_stands, session_words=SESSION_SHOW_WORDS,
        session_kinds=SESSION_KINDS,
    )  # fmt: skip


CANDIDATE_COLUMNS = (
    tables.Column("name", N_("Họ và tên"), lambda row: row.full_name),
    tables.Column("unit", N_("Ở đâu"), lambda row: row.unit_name),
    tables.Column("role", N_("Vai trò"), lambda row: gettext(role_word(row.role, row.unit_kind))),
    tables.Column("way", N_("Lộ trình này"), lambda row: gettext(WAY_WORDS[row.way])),
)


# ---- by hand ---------------------------------------------------------------------------------------------------


@blueprint.get("/units/<int:unit_id>/training/people")
def people(unit_id: int) -> Response | str:
    place, _held = place_of(require_user(), unit_id)
    track = tracks().get(_track())
    if place.kind != "ward" or track is None:
        raise NotFound
    wanted = tables.wanted(CANDIDATE_ORDERS, "name", show=WAYS)
    if wanted.words:
        rate_limits.hit("search", require_user().id)
    counted = count_candidates(track, unit_id)
    shows = {show: gettext(label) for show, label in WAY_SHOW_WORDS.items()}
    table = tables.Table(
        CANDIDATE_COLUMNS, CANDIDATE_ORDERS, wanted, candidate_page(track, unit_id, wanted),
        [tables.Filter("show", gettext("Lọc"), shows, {"": sum(counted.values()), **counted})], {"track": track.id},
    )  # fmt: skip
    if tables.asks_for_file():
        rate_limits.hit("export", require_user().id)
        return table.file(f"tap-huan-nguoi-{track.id}")
    return render_template(
        "training/people.html", place=place, table=table, track=track, way_words=WAY_WORDS, way_kinds=WAY_KINDS,
        asked=_asked(),
        tracks=[(one.id, one.title_in(str(get_locale()))) for one in tracks().values()],
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/training/people")
def assign(unit_id: int) -> Response:
    ids = _ticked("member")[:ROWS]
    try:
        new = training_commands.assign(require_user(), unit_id, request.form.get("track", ""), ids)
        if new:
            words = ngettext(
                "Đã thêm %(num)d người vào lộ trình. Họ được báo.", "Đã thêm %(num)d người vào lộ trình. Họ được báo.",
                new,
            )  # fmt: skip
            flash(words, "ok")
        elif not ids:
            flash(gettext("Chưa chọn ai. Hãy đánh dấu tên rồi bấm lại."), "warn")
        else:
            flash(gettext("Người đã chọn có lộ trình này rồi."), "warn")
    except InvalidInput as refusal:
        flash(translate_error(refusal), "bad")
    return _to_people(unit_id)


@blueprint.post("/units/<int:unit_id>/training/people/remove")
def unassign(unit_id: int) -> Response:
    ids = _ticked("member")[:ROWS]
    gone = training_commands.unassign(require_user(), unit_id, request.form.get("track", ""), ids)
    if gone:
        words = ngettext(
            "Đã bỏ %(num)d người khỏi lộ trình. Bài đã học và buổi đã dự vẫn còn.",
            "Đã bỏ %(num)d người khỏi lộ trình. Bài đã học và buổi đã dự vẫn còn.", gone,
        )  # fmt: skip
        flash(words, "ok")
    else:
        flash(gettext("Chưa chọn ai đã thêm bằng tay. Hãy đánh dấu tên rồi bấm lại."), "warn")
    return _to_people(unit_id)


def _asked() -> dict[str, str]:
    """Returns what the address asks of the table of people, so that an act leads back to the same rows."""
    return {name: request.args[name] for name in ("track", "q", "show", "sort", "page") if request.args.get(name)}


def _to_people(unit_id: int) -> Response:
    asked: dict[str, Any] = {"track": request.form.get("track", ""), **_asked()}
    return redirect(url_for("training.people", unit_id=unit_id, **asked))


# ---- panels ----------------------------------------------------------------------------------------------------


@unit_links.register
def _of_unit(tab: str, _person: User, place: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "members" or place.kind not in KINDS or not may_run_training(held):
        return None
    return UnitLink(gettext("Tập huấn cán bộ"), url_for("training.unit", unit_id=place.id), "book")


@group_panels.register
def _group_panel(person: User | None, place: Unit, held: frozenset[str]) -> Panel | None:
    if person is None or not may_lead_training(held):
        return None
    return Panel("training/_group_panel.html", {"place": place, "runs": place.kind in KINDS and may_run_training(held)})


def _form(unit: Unit, **values: Any) -> SessionForm:
    form, language = SessionForm(), str(get_locale())
    form.track.choices = [choice(one.id, one.title_in(language)) for one in tracks().values()]
    form.leader.choices = [choice(str(one.id), one.full_name) for one in leaders(unit)]
    if values:
        form.begin(**values)
    elif not form.is_submitted():
        form.leader.data, form.track.data = str(require_user().id), request.args.get("track", "")
    return form


@blueprint.route("/units/<int:unit_id>/training/new", methods=["GET", "POST"])
def new_session(unit_id: int) -> Response:
    place, _held = place_of(require_user(), unit_id)
    form, refusal = _form(place), None
    if form.validate_on_submit():
        try:
            made = training_commands.announce_session(require_user(), unit_id, form.plan())
            flash(gettext("Đã mở buổi tập huấn. Người trong lộ trình được báo và tự đăng ký."), "ok")
            return redirect(url_for("training.session", training_id=made.id))
        except DomainError as caught:
            refusal = caught
    return render_form("training/new_session.html", form, refusal, place=place, row=None)


@blueprint.route("/training/sessions/<int:training_id>/edit", methods=["GET", "POST"])
def edit_session(training_id: int) -> Response:
    row = session_of(training_id)
    place, _held = place_of(require_user(), row.unit_id)
    at = clock.local(row.at)
    form = _form(
        place, title=row.title, track=row.track, day=at.date().isoformat(), time=f"{at:%H:%M}", place=row.place,
        minutes=str(row.minutes), seats=str(row.seats), leader=str(row.leader_id), words=row.words,
    )  # fmt: skip
    refusal = None
    form.track.data = row.track
    if form.validate_on_submit():
        try:
            training_commands.change_session(require_user(), training_id, form.plan())
            flash(gettext("Đã lưu. Đổi giờ hoặc đổi nơi thì người đã đăng ký được báo."), "ok")
            return redirect(url_for("training.session", training_id=training_id))
        except DomainError as caught:
            refusal = caught
    return render_form("training/edit_session.html", form, refusal, place=place, row=session_of(training_id))


@blueprint.route("/training/sessions/<int:training_id>/cancel", methods=["GET", "POST"])
def cancel_session(training_id: int) -> Response:
    row = session_of(training_id)
    place_of(require_user(), row.unit_id)
    form, refusal = CancelForm(), None
    if form.validate_on_submit():
        try:
            training_commands.cancel_session(require_user(), training_id, form.why.data or "")
            flash(gettext("Đã huỷ buổi tập huấn. Mọi người được báo và đọc được lý do."), "ok")
            return redirect(url_for("training.session", training_id=training_id))
        except DomainError as caught:
            refusal = caught
    return render_form("training/cancel_session.html", form, refusal, card=seen_by(require_user(), training_id))


def _ticked(name: str) -> list[int]:
    return [int(text) for text in request.form.getlist(name) if text.isascii() and text.isdigit() and len(text) < 10]


def _seen() -> set[tuple[int, str]]:
    """Returns what was ticked as seen: “7:huong-dan-khong-lam-thay”."""
    parts = (text.partition(":") for text in request.form.getlist("seen"))
    return {(int(one), slug) for one, _, slug in parts if one.isascii() and one.isdigit() and len(one) < 10}


@blueprint.route("/training/sessions/<int:training_id>/attendance", methods=["GET", "POST"])
def attendance(training_id: int) -> Response | tuple[str, int]:
    refusal, came, seen = None, set[int](), set[tuple[int, str]]()
    if request.method == "POST":
        came, seen = set(_ticked("came")), _seen()
        try:
            training_commands.mark(require_user(), training_id, came, seen)
            flash(gettext("Đã điểm danh. Người có mặt được báo."), "ok")
            return redirect(url_for("training.attendance", training_id=training_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    row = session_of(training_id)
    sheet = sheet_of(require_user(), row, str(get_locale()))
    page = render_template(
        "training/attendance.html", sheet=sheet, row=row, wrong=translate_error(refusal) if refusal else "", seen=seen,
        came=came if refusal else sheet.came, closed=training_commands.find_attendance_obstacle(row),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


@dataclass(frozen=True)
class OwnTrack:
    """A track of the user with the user's readiness."""

    own: UserTrack
    known: Syllabus
    stands: Readiness

    @property
    def next(self) -> tuple[str, str]:
        """Returns the kind and the lesson of the next requirement, or two empty strings."""
        first = next(iter(self.stands.missing), None)
        if first:
            return first.kind, first.slug
        return next((("lesson", one.slug) for one in self.stands.added), ("", ""))


def own_tracks(person: User, own: list[UserTrack]) -> list[OwnTrack]:
    found = []
    for one, known in zip(own, syllabi([one.track for one in own], str(get_locale())), strict=True):
        found.append(OwnTrack(one, known, get_readiness_of_people(known, [person.id])[person.id]))
    return found


@blueprint.get("/training")
def index() -> str:
    person = require_user()
    own = list_tracks_of_user(person)
    runs = [one for one in units_of(person.id, TRAINERS) if one.kind in KINDS]
    return render_template(
        "training/index.html", tracks=own_tracks(person, own), cards=cards_for(person, own), runs=runs
    )


@blueprint.get("/training/sessions/<int:training_id>")
def session(training_id: int) -> str:
    return render_template("training/session.html", card=seen_by(require_user(), training_id))


def _back(training_id: int) -> Response:
    return redirect(url_for("training.session", training_id=training_id))


@blueprint.post("/training/sessions/<int:training_id>/sign-up")
def sign_up(training_id: int) -> Response:
    try:
        waits = seats.sign_up(require_user(), training_id).state == "waiting"
        words = gettext("Buổi này đã hết chỗ. Bạn ở trong danh sách chờ; có chỗ trống thì được báo ngay.")
        flash(words if waits else gettext("Đã đăng ký. Bạn được nhắc trước một ngày."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return _back(training_id)


@blueprint.post("/training/sessions/<int:training_id>/withdraw")
def withdraw(training_id: int) -> Response:
    try:
        seats.withdraw(require_user(), training_id)
        flash(gettext("Đã rút tên. Chỗ này được chuyển cho người đang chờ."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("training.index"))


@blueprint.post("/training/assignments/<int:assignment_id>/leave")
def leave_track(assignment_id: int) -> Response:
    training_commands.take_off(require_user(), assignment_id)
    flash(gettext("Bạn đã rời lộ trình này. Bài đã học vẫn còn."), "ok")
    return redirect(url_for("training.index"))
