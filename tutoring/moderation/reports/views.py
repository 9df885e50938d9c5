"""Pages for reporting.

The first tap opens the page, the second sends. They work without scripts; the form also works for anonymous users.
"""

import logging
import secrets
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.accounts.reader_names import said_to_reader
from tutoring.accounts.sign_ins.attempts import place
from tutoring.community.queries import duty_phone, duty_phones_of
from tutoring.kernel import encryption, rate_limits
from tutoring.kernel.errors import DomainError, InvalidInput, RateLimited
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.labels import CHILD_KINDS, KINDS, OUTCOMES
from tutoring.moderation.models import REPLY
from tutoring.moderation.reports import commands as reports_commands
from tutoring.moderation.reports import targets
from tutoring.moderation.reports.circle_targets import words_in
from tutoring.moderation.reports.reply_targets import request_of, words_of
from tutoring.moderation.reports.target import Target
from tutoring.published_answers.queries import public_answer
from tutoring.rooms.queries import message
from tutoring.safety.free_text import says_danger
from tutoring.web.auth import require_user
from tutoring.web.i18n import language, translate_error
from tutoring.web.security import token_holds, without_token
from tutoring.web.urls import safe_redirect_target

log = logging.getLogger(__name__)

DEVICE = "report_device"  # a random token in the browser: three accounts on one phone count once
MONTH = 30 * 86400


@blueprint.route("/report/message/<int:room_id>/<int:seq>", methods=["GET", "POST"])
def report_message(room_id: int, seq: int) -> Response | tuple[str, int]:
    return _answer(require_user(), "message", f"{room_id}/{seq}", url_for("rooms.show", room_id=room_id))


@blueprint.route("/report/room/<int:room_id>", methods=["GET", "POST"])
def report_room(room_id: int) -> Response | tuple[str, int]:
    return _answer(require_user(), "room", str(room_id), url_for("rooms.show", room_id=room_id))


@blueprint.route("/report/person/<int:user_id>", methods=["GET", "POST"])
def report_person(user_id: int) -> Response | tuple[str, int]:
    return _answer(require_user(), "person", str(user_id))


@blueprint.route("/report/reply/<int:spoken_id>", methods=["GET", "POST"])
def report_reply(spoken_id: int) -> Response | tuple[str, int]:
    """Reports an answer to a request, written or spoken."""
    person = require_user()
    back = url_for("pairing.request", request_id=request_of(spoken_id))
    return _answer(person, "reply", str(spoken_id), back)


@blueprint.route("/report/topic/<int:topic_id>", methods=["GET", "POST"])
def report_topic(topic_id: int) -> Response | tuple[str, int]:
    return _in_circle(f"topic/{topic_id}")


@blueprint.route("/report/answer/<int:answer_id>", methods=["GET", "POST"])
def report_answer(answer_id: int) -> Response | tuple[str, int]:
    return _in_circle(f"answer/{answer_id}")


def _in_circle(target: str) -> Response | tuple[str, int]:
    found = words_in(targets.find(require_user(), "circle", target).target)
    back = url_for("circles.topic", unit_id=found.unit_id, topic_id=found.topic_id) if found else ""
    return _answer(require_user(), "circle", target, back)


@blueprint.route("/report/lesson/<slug>", methods=["GET", "POST"])
@without_token  # visitors' pages hold no token; a user with an invalid token counts as a visitor
def report_lesson(slug: str) -> Response | tuple[str, int]:
    return _answer(_known(), "lesson", slug, url_for("lessons.lesson", slug=slug))


@blueprint.route("/report/published/<int:published>", methods=["GET", "POST"])
@without_token
def report_published(published: int) -> Response | tuple[str, int]:
    found = public_answer(published)
    return _answer(_known(), "published", str(published), url_for("lessons.lesson", slug=found.lesson_slug))


@blueprint.route("/report", methods=["GET", "POST"])
@without_token
def report() -> Response | tuple[str, int]:
    return _answer(_known(), "site", "")


@blueprint.get("/report/sent")
def reported() -> str:
    danger = request.args.get("now") == "1"
    back = safe_redirect_target(request.args.get("back"), "")
    return render_template("moderation/reports/reported.html", danger=danger, back=back, duty=_duty(_known(), None))


@blueprint.get("/my-reports")
def my_reports() -> str:
    person = require_user()
    return render_template(
        "moderation/reports/my_reports.html",
        mine=cases_queries.my_reports(person),
        family=cases_queries.of_children(person),
        kinds=report_kinds(person),
        child_kinds=CHILD_KINDS,
        outcomes=OUTCOMES,
    )


# ---- shared ----------------------------------------------------------------------------------------------------


def _known() -> User | None:
    """Returns the user on pages that need no sign-in.

    A form counts as signed in only with a valid token.
    """
    if not current_user.is_authenticated or (request.method == "POST" and not token_holds()):
        return None
    person: User = require_user()
    return person


def report_kinds(person: User | None) -> dict[str, str]:
    """Returns what can be reported, in words for a child or for an adult."""
    return CHILD_KINDS if person is not None and person.is_minor else KINDS


blueprint.add_app_template_global(report_kinds, "report_kinds")


def _answer(person: User | None, kind: str, target: str, back: str = "") -> Response | tuple[str, int]:
    found = targets.find(person, kind, target)
    if found.place == "formerly":
        back = ""  # the room is closed to them
    if request.method == "GET":
        return _page(person, found, back), 200
    what = request.form.get("what", "")
    care = says_danger(request.form.get("words", ""))
    try:
        _count(person, "danger" if care else what)
        if not _is_honeypot_filled(person, what):
            marks = _marks(person)
            if person is None and (what == "danger" or care):  # on every public form: danger has no rate limit
                # Calls for help from one address share a case, with any user agent, so that none hides another.
                kind, target = "site", f"net-{marks[-1][:24]}"
            reports_commands.report(person, kind, target, what, request.form.get("words", ""), marks)
    except (InvalidInput, RateLimited) as refusal:
        return _page(person, found, back, refusal), refusal.status
    sent = url_for("moderation.reported", now="1" if what == "danger" or care else None, back=back or None)
    return _remember(redirect(sent, 303))


def _page(person: User | None, found: Target, back: str, refusal: DomainError | None = None) -> str:
    if not back and found.kind == "person" and found.room_id is not None and found.place == "room":
        back = url_for("rooms.show", room_id=found.room_id)
    return render_template(
        "moderation/reports/report.html",
        kinds=report_kinds(person),
        found=found,
        back=back or "/",
        shown=_shown(found),
        duty=_duty(person, found.unit_id),
        refused=translate_error(refusal) if refusal else "",
        words=request.form.get("words", ""),
        signed_in=person is not None,
    )


def _shown(found: Target) -> dict[str, Any]:
    """Returns what the page shows about the target."""
    if found.kind == "message" and found.room_id is not None and found.about_id is not None:
        one = message(found.room_id, int(found.target.partition("/")[2]))
        text = one.text if one.status in ("sent", "masked") else ""
        return {"title": gettext("Báo tin của %(name)s", name=said_to_reader(user(found.about_id))), "text": text}
    if (said_there := words_in(found.target)) is not None and found.about_id is not None:
        title = gettext("Báo điều %(name)s viết", name=said_to_reader(user(found.about_id)))
        return {"title": title, "text": said_there.text}
    if found.target.startswith(REPLY) and found.about_id is not None:
        title = gettext("Báo câu trả lời của %(name)s", name=said_to_reader(user(found.about_id)))
        return {"title": title, "text": words_of(found.target)}
    if found.kind == "person" and found.about_id is not None:
        return {"title": gettext("Báo về %(name)s", name=said_to_reader(user(found.about_id)))}
    if found.kind == "room":
        return {"title": gettext("Báo chuyện trong phòng này")}
    if found.kind == "lesson":
        title = catalogue_queries.lesson(found.target).title(language())
        return {"title": gettext("Báo nội dung sai"), "text": title}
    return {"title": gettext("Báo chuyện không ổn")}


def _duty(person: User | None, unit_id: int | None) -> list[tuple[str, str]]:
    here = duty_phone(unit_id) if unit_id is not None and person is not None else None
    return [here] if here else duty_phones_of(person.id) if person is not None else []


def _count(person: User | None, what: str) -> None:
    """Applies the hourly rate limit.

    Danger has no limit, and an unreachable counter rejects nothing.
    """
    if what == "danger":
        return
    try:
        rate_limits.hit("report", person.id) if person else rate_limits.hit("report_address", request.remote_addr)
    except RateLimited:
        raise RateLimited(N_("Bạn đã báo nhiều lần trong giờ này và thầy cô đang xem. Đang nguy hiểm thì bấm nút đỏ "
                         "hoặc gọi 111.")) from None  # fmt: skip
    except Exception:
        log.warning("reports could not be counted; this one is taken")


def _is_honeypot_filled(person: User | None, what: str) -> bool:
    """Returns whether the honeypot field is filled in."""
    return person is None and what != "danger" and bool(request.form.get("homepage"))


def _marks(person: User | None) -> list[str]:
    """Returns keyed digests of this browser, and of this network with the user agent.

    For anonymous users the last one is of the address alone. Users of one school share an address, so for them it does
    not show whether they are one person.
    """
    network = f"{request.remote_addr}\n{request.user_agent.string}"
    device = request.cookies.get(DEVICE, "")[:64]
    found = [
        *([encryption.blind_index(device, "device")] if device else []),
        encryption.blind_index(network, "network"),
    ]
    return (
        found if person is not None else [*found, encryption.blind_index(place(request.remote_addr or ""), "address")]
    )


def _remember(response: Response) -> Response:
    if DEVICE not in request.cookies:
        word = secrets.token_urlsafe(16)
        response.set_cookie(
            DEVICE, word, max_age=MONTH, path="/report", httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response
