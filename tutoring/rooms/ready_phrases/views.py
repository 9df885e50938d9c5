"""Pages of ready phrases: in a room, a helper's own, and those of a unit.

In a room a phrase goes into the composer and is never sent by itself. static/rooms/ready_phrases/sheet.js takes
#phrases into the room; without scripts it is a page that leads back to the room with the text filled in.
"""

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy.rooms.participation import may_send_card
from tutoring.policy.rooms.ready_phrases import MAX_OWN_PHRASES, may_write_unit_phrases
from tutoring.rooms.blueprint import Page, back, blueprint, form_number
from tutoring.rooms.helper_notes import queries as helper_notes_queries
from tutoring.rooms.ready_phrases import commands as ready_phrases_commands
from tutoring.rooms.ready_phrases import queries
from tutoring.rooms.ready_phrases.forms import PhraseForm
from tutoring.rooms.ready_phrases.starter_phrases import STARTER_PHRASES
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language, translate_error

# ---- in a room -----------------------------------------------------------------------------------------------


@blueprint.get("/rooms/<int:room_id>/ready-phrases")
def ready_phrases(room_id: int) -> Page:
    return _sheet(room_id, PhraseForm(formdata=None))


def _sheet(room_id: int, form: PhraseForm, refusal: DomainError | None = None) -> Response:
    helper, language = require_user(), str(get_locale())
    room, known = queries.room_of_helper(helper, room_id)
    learners = queries.learners_of(room)
    return render_form(
        "rooms/ready_phrases/ready_phrases.html",
        form,
        refusal,
        room=room,
        phrases=queries.phrases_for(helper, room, learners, language),
        notes=helper_notes_queries.notes_in_room(helper, room, learners),
        may_send_card=may_send_card(known),
    )


@blueprint.post("/rooms/<int:room_id>/ready-phrases")
def use_phrase(room_id: int) -> Response:
    """Counts the use; the text comes with the page of the room, where it can be changed before it is sent."""
    queries.room_of_helper(require_user(), room_id)
    rate_limits.hit("act", require_user().id)
    phrase_id = form_number("phrase")
    ready_phrases_commands.count_use(require_user(), room_id, phrase_id)
    if wants_json():
        return jsonify(ok=True)
    return redirect(url_for("rooms.show", room_id=room_id, phrase=phrase_id, _anchor="compose"))


@blueprint.post("/rooms/<int:room_id>/ready-phrases/own")
def keep_phrase(room_id: int) -> Page:
    form = PhraseForm()
    queries.room_of_helper(require_user(), room_id)
    rate_limits.hit("act", require_user().id)
    try:
        ready_phrases_commands.add_own_phrase(require_user(), form.text.data or "")
    except NotFound:
        raise
    except DomainError as refusal:
        return _sheet(room_id, form, refusal)
    flash(gettext("Đã lưu thành câu mẫu."), "ok")
    return back(room_id, "compose")


# ---- a helper's own ------------------------------------------------------------------------------------------


@blueprint.route("/ready-phrases", methods=["GET", "POST"])
def own_phrases() -> Response:
    helper, form, refusal = require_user(), PhraseForm(), None
    if form.validate_on_submit():
        rate_limits.hit("act", helper.id)
        try:
            ready_phrases_commands.add_own_phrase(helper, form.text.data or "")
            flash(gettext("Đã lưu thành câu mẫu."), "ok")
            return redirect(url_for("rooms.own_phrases"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form(
        "rooms/ready_phrases/own_phrases.html",
        form,
        refusal,
        phrases=queries.own_phrases(helper.id),
        may_add=queries.may_have_own(helper),
        most=MAX_OWN_PHRASES,
    )


@blueprint.route("/ready-phrases/<int:phrase_id>", methods=["GET", "POST"])
def own_phrase(phrase_id: int) -> Response:
    helper, form, refusal = require_user(), PhraseForm(), None
    form.begin(queries.own_phrase(helper.id, phrase_id))
    if form.validate_on_submit():
        rate_limits.hit("act", helper.id)
        try:
            ready_phrases_commands.change_own_phrase(helper, phrase_id, form.text.data or "")
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("rooms.own_phrases"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form(
        "rooms/ready_phrases/edit_phrase.html",
        form,
        refusal,
        back=url_for("rooms.own_phrases"),
        delete=url_for("rooms.delete_phrase", phrase_id=phrase_id),
    )


@blueprint.post("/ready-phrases/<int:phrase_id>/delete")
def delete_phrase(phrase_id: int) -> Response:
    helper = require_user()
    ready_phrases_commands.delete_own_phrase(helper, phrase_id)
    flash(gettext("Đã xoá câu mẫu."), "ok")
    return redirect(url_for("rooms.own_phrases"))


# ---- those of a unit -----------------------------------------------------------------------------------------


@unit_links.register
def _of_unit(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "settings" or not may_write_unit_phrases(held, unit.kind):
        return None
    return UnitLink(gettext("Câu mẫu cho người giúp"), url_for("rooms.unit_phrases", unit_id=unit.id), "chat")


@blueprint.route("/units/<int:unit_id>/ready-phrases", methods=["GET", "POST"])
def unit_phrases(unit_id: int) -> Response:
    unit, form, refusal = queries.unit_for_phrases(require_user(), unit_id), PhraseForm(), None
    if form.validate_on_submit():
        rate_limits.hit("act", require_user().id)
        try:
            ready_phrases_commands.add_unit_phrase(require_user(), unit_id, form.text.data or "")
            flash(gettext("Đã thêm câu mẫu."), "ok")
            return _to_list(unit_id)
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    rows = queries.unit_phrases(unit_id)
    known = {one.text for one in rows}
    return render_form(
        "rooms/ready_phrases/unit_phrases.html",
        form,
        refusal,
        unit=unit,
        phrases=[one for one in rows if one.archived_at is None],
        archived=[one for one in rows if one.archived_at is not None],
        starters={n: text for n, text in enumerate(_starters()) if text not in known},
    )


def _starters() -> tuple[str, ...]:
    return STARTER_PHRASES.get(language(), STARTER_PHRASES["vi"])


def _to_list(unit_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("rooms.unit_phrases", unit_id=unit_id, _anchor=anchor))


@blueprint.post("/units/<int:unit_id>/ready-phrases/starters")
def take_starters(unit_id: int) -> Response:
    queries.unit_for_phrases(require_user(), unit_id)
    chosen = set(request.form.getlist("starter"))
    texts = [text for n, text in enumerate(_starters()) if str(n) in chosen]
    try:
        added = ready_phrases_commands.take_starters(require_user(), unit_id, texts)
        flash(ngettext("Đã thêm %(num)s câu mẫu.", "Đã thêm %(num)s câu mẫu.", added), "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return _to_list(unit_id)


@blueprint.route("/units/<int:unit_id>/ready-phrases/<int:phrase_id>", methods=["GET", "POST"])
def unit_phrase(unit_id: int, phrase_id: int) -> Response:
    unit, form, refusal = queries.unit_for_phrases(require_user(), unit_id), PhraseForm(), None
    form.begin(queries.unit_phrase(unit_id, phrase_id))
    if form.validate_on_submit():
        rate_limits.hit("act", require_user().id)
        try:
            ready_phrases_commands.change_unit_phrase(require_user(), unit_id, phrase_id, form.text.data or "")
            flash(gettext("Đã lưu."), "ok")
            return _to_list(unit_id)
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    then = url_for("rooms.unit_phrases", unit_id=unit_id)
    return render_form("rooms/ready_phrases/edit_phrase.html", form, refusal, unit=unit, back=then, delete="")


@blueprint.post("/units/<int:unit_id>/ready-phrases/<int:phrase_id>/move")
def move_phrase(unit_id: int, phrase_id: int) -> Response:
    up = request.form.get("to") == "up"
    ready_phrases_commands.move_unit_phrase(require_user(), unit_id, phrase_id, up)
    return _to_list(unit_id, f"phrase-{phrase_id}")


@blueprint.post("/units/<int:unit_id>/ready-phrases/<int:phrase_id>/archive")
def archive_phrase(unit_id: int, phrase_id: int) -> Response:
    actor = require_user()
    ready_phrases_commands.archive_unit_phrase(actor, unit_id, phrase_id)
    flash(gettext("Đã cất câu mẫu. Bấm “Dùng lại” ở cuối trang nếu cất nhầm."), "ok")
    return _to_list(unit_id)


@blueprint.post("/units/<int:unit_id>/ready-phrases/<int:phrase_id>/restore")
def restore_phrase(unit_id: int, phrase_id: int) -> Response:
    actor, then = require_user(), url_for("rooms.unit_phrases", unit_id=unit_id)
    return run_action(
        lambda: ready_phrases_commands.restore_unit_phrase(actor, unit_id, phrase_id),
        gettext("Câu mẫu dùng lại được rồi."), then,
    )  # fmt: skip
