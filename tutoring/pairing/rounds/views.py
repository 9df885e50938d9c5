"""Views of rounds for a coordinator: run, preview, adjust, publish."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.community.labels import WEEKDAYS
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.pairing.blueprint import blueprint
from tutoring.pairing.labels import BECAUSE_WORDS, FEATURE_WORDS
from tutoring.pairing.matching import FEATURES
from tutoring.pairing.rounds import commands as rounds_commands
from tutoring.pairing.rounds import queries
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


def _to(round_id: int) -> Response:
    return redirect(url_for("pairing.weekly_round", round_id=round_id))


@blueprint.get("/rounds")
def rounds() -> str:
    units = queries.units_with_rounds(require_user())
    return render_template(
        "pairing/rounds/rounds.html", units=units, rounds=queries.newest_rounds([one.id for one in units])
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/rounds")
def new_round(unit_id: int) -> Response:
    return _to(rounds_commands.begin_round(require_user(), unit_id))


@blueprint.get("/rounds/<int:round_id>")
def weekly_round(round_id: int) -> str:
    row = queries.round_page(require_user(), round_id)
    after, without = request.args.get("after", 0, type=parse_int), request.args.get("without", 0, type=parse_int)
    last = queries.last_published(row.unit_id, row.id)
    ready = row.state in {"ready", "published"}
    adjusted = ready and row.state != "published"
    pairs = queries.lines_of(row.id, served=True, after=after) if ready else []
    return render_template(
        "pairing/rounds/weekly_round.html",
        row=row,
        ready=ready,
        pairs=pairs,
        met=queries.met(pairs) if row.state == "published" else {},
        unserved=queries.lines_of(row.id, served=False, after=without) if ready else [],
        size=queries.SIZE,
        counts=queries.counts(row.id, last.id if last else None) if ready else None,
        last=queries.counts(last.id) if last and ready else None,
        last_row=last,
        because=queries.reasons(row.id) if ready else [],
        loads=queries.loads(row.id) if ready else [],
        marked=queries.marked_pairs(row) if adjusted else [],
        helpers=queries.may_be_pinned(row.unit_id) if adjusted else [],
        features=FEATURES,
        feature_words=FEATURE_WORDS,
        because_words=BECAUSE_WORDS,
        days=WEEKDAYS,
    )


@blueprint.post("/rounds/<int:round_id>/run")
def run_round(round_id: int) -> Response:
    rounds_commands.run_again(require_user(), round_id)
    return _to(round_id)


@blueprint.post("/rounds/<int:round_id>/weights")
def round_weights(round_id: int) -> Response:
    try:
        rounds_commands.set_weights(require_user(), round_id, request.form)
        rounds_commands.run_again(require_user(), round_id)
    except (InvalidInput, Conflict) as refusal:
        flash(translate_error(refusal), "bad")
    return _to(round_id)


@blueprint.post("/rounds/<int:round_id>/pair")
def round_pair(round_id: int) -> Response:
    one, who = (request.form.get(name, 0, type=parse_int) for name in ("request", "helper"))
    try:
        rounds_commands.mark_pair(require_user(), round_id, one, who, request.form.get("word", ""))
        flash(gettext("Đã ghi. Chạy lại để xem kết quả mới."), "ok")
    except (InvalidInput, Conflict) as refusal:
        flash(translate_error(refusal), "bad")
    return _to(round_id)


@blueprint.post("/rounds/<int:round_id>/publish")
def publish_round(round_id: int) -> Response:
    try:
        rounds_commands.publish_round(require_user(), round_id)
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return _to(round_id)


@blueprint.post("/rounds/<int:round_id>/discard")
def discard_round(round_id: int) -> Response:
    rounds_commands.discard_round(require_user(), round_id)
    flash(gettext("Đã bỏ đợt ghép này. Chưa ai được báo gì."), "ok")
    return redirect(url_for("pairing.rounds"))
