"""The page of one message: its actions, why it was masked or held, appeal and original.

It works without JavaScript. Only observers can read the original.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.reader_names import shown_to_reader
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy.rooms.participation import (
    may_appeal,
    may_decide_held,
    may_edit_message,
    may_follow,
    may_post_message,
    may_react,
    may_read_room,
    may_withdraw_message,
)
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.blueprint import (
    Page,
    back,
    blueprint,
    reason,
    run_moderation_command,
    success_response,
    try_command,
)
from tutoring.rooms.forms import AppealForm, EditForm
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.queries import earlier_texts, load_message_context, said_of
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import queries as moderation_queries
from tutoring.rooms.shared_lesson.lesson_cards import cards_of
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import translate_error


@blueprint.get("/rooms/<int:room_id>/messages/<int:seq>")
def message(room_id: int, seq: int) -> Page:
    return _page(room_id, seq)


def _page(
    room_id: int,
    seq: int,
    form: AppealForm | None = None,
    edit: EditForm | None = None,
    original: str | None = None,
    confirm: bool = False,
) -> str:
    room = queries.room(room_id)
    known, found = queries.room_facts(room, require_user()), queries.message(room_id, seq)
    own = found.author_id == require_user().id
    judges, shown = may_decide_held(known, own) and not found.disclosed, found.status in {"sent", "masked"}
    if not (judges or may_appeal(known, own) or (shown and may_read_room(known) and found.kind == "text")):
        raise NotFound
    beside = load_message_context(room_id, [found])
    people = [one.author for one in beside.answered.values()] + [
        one.user for some in beside.reactions.values() for one in some
    ]
    return render_template(
        "rooms/messages/message.html", room=room, message=found, own=own, judges=judges,
        form=form or AppealForm(formdata=None), edit=edit or EditForm(formdata=None, text=found.text),
        names={str(one.id): shown_to_reader(one) for one in people if one is not None},
        original=original, shown=rooms_serializers.posted_to(require_user(), known, found, beside) if found.disclosed
        else rooms_serializers.serialize_message(found, beside, held_too=judges or own),
        appeal=moderation_queries.appeal_of(found.id), has_original=moderation_queries.has_original(found.id),
        appealable=found.status in {"masked", "hidden"} and not found.is_withdrawn,
        may_answer=shown and may_post_message(known), may_react=shown and may_react(known, own),
        mine=said_of(found.id, require_user().id),
        card=cards_of([found], str(get_locale())).get(seq) if shown or judges or own else None,
        may_open=may_follow(known),
        may_edit=found.status == "sent" and found.lesson_slug is None and found.voice is None
        and may_edit_message(known, own, clock.now() - found.at),
        may_withdraw=may_withdraw_message(known, own) and found.status != "hidden",
        earlier=earlier_texts([found.id]).get(found.id, []) if judges else [], confirm=confirm,
    )  # fmt: skip


# ---- actions of author and readers --------------------------------------------------------------------------


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/edit")
def edit(room_id: int, seq: int) -> Page:
    form = EditForm()
    try:
        rate_limits.hit("knock", require_user().id)
        messages_commands.edit_message(
            require_user(), room_id, seq, form.text.data or "", request.form.get("confirm") == "1"
        )
    except NotFound:
        raise
    except DomainError as refusal:
        if wants_json():
            raise
        form.refuse(refusal)
        return _page(room_id, seq, edit=form, confirm=refusal.code == "confirm"), refusal.status
    return success_response(room_id, f"m{seq}")


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/withdraw")
def withdraw(room_id: int, seq: int) -> Response:
    return run_moderation_command(room_id, messages_commands.withdraw_message, seq)


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/react")
def react(room_id: int, seq: int) -> Response:
    said_it = try_command(messages_commands.react, room_id, seq, request.form.get("word", ""))
    return success_response(room_id, f"m{seq}") if said_it else back(room_id)


# ---- originals and appeals ----------------------------------------------------------------------------------


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/original")
def original(room_id: int, seq: int) -> Page:
    rate_limits.hit("act", require_user().id)
    try:
        text = moderation_commands.read_original(require_user(), room_id, seq, reason())
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("rooms.message", room_id=room_id, seq=seq))
    return _page(room_id, seq, original=text)


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/appeal")
def appeal(room_id: int, seq: int) -> Page:
    form = AppealForm()
    try:
        moderation_commands.appeal(require_user(), room_id, seq, form.words.data or "")
    except NotFound:
        raise
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(room_id, seq, form), refusal.status
    flash(gettext("Đã nhờ xem lại. Một thầy cô khác sẽ xem trong 5 ngày và báo trong hộp thông báo."), "ok")
    return redirect(url_for("rooms.message", room_id=room_id, seq=seq))


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/decide")
def decide_appeal(room_id: int, seq: int) -> Response:
    return run_moderation_command(
        room_id, moderation_commands.decide_appeal, seq, request.form.get("overturned") == "1", reason()
    )
