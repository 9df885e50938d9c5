"""Pages that ask for help: from a step of a lesson, from the list of topics, and as a visitor who has to sign in first.

A learner's open requests stand beside the new wish. More words go to one of them, the new one takes its place, or both
are kept where the open one waits for a device or an hour.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import children, user
from tutoring.community.queries import duty_phones_of
from tutoring.community.units import search as places
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, RateLimited
from tutoring.kernel.text import N_
from tutoring.kernel.text import words as folded_words
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.localized import StepText
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing import eligibility
from tutoring.pairing.blueprint import blueprint
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import pictures, queries, school_subjects, topics, visitor_words
from tutoring.pairing.requests.forms import LACK_OF, OTHER_TOPIC, QUEUED_AS, AskForm
from tutoring.pairing.scheduling import free_days
from tutoring.pairing.scheduling.free_days import NO_HOURS, FreeDaysForm
from tutoring.policy.pairing.requests import may_ask_beside, may_ask_for, may_keep_request
from tutoring.policy.pairing.school_subjects import is_school_subject
from tutoring.policy.rooms.participation import may_add_picture
from tutoring.policy.welfare import TOPICS
from tutoring.rooms.moderation.queries import is_new
from tutoring.safety.free_text import listen, says_danger
from tutoring.safety.image_sanitizer import LARGEST_INPUT
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.security import takes_files
from tutoring.web.urls import parse_int
from tutoring.welfare.cards import age_of

MAX_UNIT_QUERY_CHARS = MAX_TOPIC_QUERY_CHARS = 60
_OPEN_CHOICE = re.compile(r"(add|replace)-([1-9]\d{0,8})")
_TELL_MORE = N_(
    "Hãy viết điều muốn kể thêm vào yêu cầu đang chờ. Muốn nhờ việc mới này thì chọn “Bỏ yêu cầu kia” ở trên."
)
_CHOOSE = N_("Đang có yêu cầu chưa xong. Hãy chọn làm gì với yêu cầu đó, rồi gửi lại.")


@dataclass(frozen=True)
class Origin:
    """The step that a request comes from; empty when it comes from elsewhere."""

    lesson: Lesson | None = None
    step: StepText | None = None

    @classmethod
    def of(cls, slug: str | None, number: int | None) -> "Origin":
        """Returns the step of this address; an unknown one is ignored, so that an old link still asks."""
        lesson = catalogue_queries.find_lesson(slug) if slug else None
        if lesson is None:
            return cls()
        return cls(lesson, catalogue_queries.find_step(lesson.slug, number or 1, str(get_locale())))

    @classmethod
    def sent(cls, values: MultiDict[str, str]) -> "Origin":
        """Returns the step that an address or a form names."""
        return cls.of(values.get("lesson"), values.get("step", type=parse_int))

    @property
    def title(self) -> str:
        return self.lesson.title(str(get_locale())) if self.lesson else ""

    @property
    def topic(self) -> str:
        return topics.topic_of(self.lesson, self.step) if self.lesson else ""


@dataclass(frozen=True)
class OpenChoices:
    """The open requests of the learner, and what the page offers to do with each of them."""

    requests: Sequence[HelpRequest]
    may_keep: bool
    growing: Sequence[int]  # the ids of those that take more words
    replaceable: Sequence[int]

    @classmethod
    def of(cls, person: User, learner_id: int, mine: Sequence[HelpRequest]) -> "OpenChoices":
        """Returns what this user may do with the open requests of the learner, of whom they may be the guardian."""
        keeps = {one.id for one in mine if may_keep_request(person.id == learner_id, person.id == one.asked_by_id)}
        others = {one.id: [other.slot for other in mine if other is not one] for one in mine}
        return cls(
            mine,
            bool(mine) and may_ask_beside([one.slot for one in mine], "helper"),
            [one.id for one in mine if one.stage in requests_commands.GROWING and one.id in keeps],
            [
                one.id for one in mine
                if one.state in {"waiting", "offered"} and may_ask_beside(others[one.id], "helper", one.slot)
            ],
        )  # fmt: skip

    @property
    def values(self) -> list[str]:
        """Returns what the form may send, first what is chosen when nothing is touched: that loses nothing."""
        both = ["both"] if self.may_keep else []
        return [*both, *(f"add-{one}" for one in self.growing), *(f"replace-{one}" for one in self.replaceable)]


@blueprint.route("/ask", methods=["GET", "POST"])
@takes_files(LARGEST_INPUT)
def ask() -> Response | str | tuple[str, int]:
    if not current_user.is_authenticated:
        return _visitor_page()
    person = require_user()
    form = AskForm()
    family, free = _family(person), FreeDaysForm.of(request.form)
    names = topics.names_for(person, dict(skills_queries.topics(str(get_locale()))))
    names |= school_subjects.topics_for([person, *(tie.child for tie in family)], str(get_locale()))
    form.learner.choices = _learners(person, family)

    def shown(origin: Origin) -> str:
        return _page(form, person, family, names, origin, free)

    if not form.is_submitted():
        if says_danger(request.args.get("find", "")):  # such words do not stay in an address
            return redirect(url_for("welfare.card"), 303)
        return shown(_begin(form, names))
    origin = Origin.sent(request.form)
    words = form.chosen_words(_sentences(person, origin))
    listen(words)  # regardless of other errors in the form
    listen(form.find.data or "")
    if request.form.get("look"):  # the search among the topics: nothing is sent yet, and all that was typed stays
        return shown(origin)
    chosen = form.chosen_topic()
    topic = (chosen if chosen in names else "") or origin.topic
    if topic in TOPICS and not request.form.get("sure"):
        return render_template(
            "pairing/requests/ask_safety.html", form=form, free=free, age=age_of(person), duty=duty_phones_of(person.id)
        )
    if not form.validate():
        return shown(origin), 422
    try:
        asked = _send(person, form, origin, topic, words, free)
    except DomainError as refusal:
        if refusal.field in {"free", "cells"}:
            free.errors.append(translate_error(refusal))
        form.refuse(refusal)
        return shown(origin), refusal.status
    _add_picture(person, asked)
    response = redirect(url_for("pairing.request", request_id=asked.id))
    visitor_words.forget(response)
    return response


def _begin(form: AskForm, names: Mapping[str, str]) -> Origin:
    """Fills the form from the address, or from what a visitor wrote before the sign-in."""
    kept = visitor_words.kept()
    slug, number = request.args.get("lesson") or kept.lesson, request.args.get("step", type=parse_int) or kept.step
    origin = Origin.of(slug, number)
    form.device.data = topics.device_from(request.user_agent.string)
    form.words.data = kept.words
    form.find.data = request.args.get("find", "")
    if origin.lesson and origin.step:
        form.lesson.data, form.step.data = origin.lesson.slug, str(origin.step.number)
        form.say.data = "0"
    elif (topic := request.args.get("topic", "")) in names:
        form.topic.data = form.other.data = topic
    return origin


def _send(person: User, form: AskForm, origin: Origin, topic: str, words: str, free: FreeDaysForm) -> HelpRequest:
    """Sends the wish: as a new request, as more words of an open one, in its place or beside it.

    Raises Conflict where the learner has open requests and the form, which may be an old one, says nothing of them.
    """
    learner = user(form.learner.data or person.id)
    facts = queries.asking_facts([learner.id])[learner.id]
    mine = {one.id: one for one in facts.requests}
    found = _OPEN_CHOICE.fullmatch(form.open.data or "")
    open_one = mine.get(int(found[2])) if found else None
    if mine and open_one is None and form.open.data != "both":
        raise Conflict(_CHOOSE, field="open")
    if open_one is not None and found and found[1] == "add":
        if not words.strip():
            raise InvalidInput(_TELL_MORE, field="words")
        requests_commands.add_words(person, open_one.id, words)
        flash(gettext("Đã ghi thêm vào yêu cầu đang chờ."), "ok")
        return open_one
    lack = LACK_OF.get(form.device.data, "")
    wish, urgency = QUEUED_AS[form.when.data]
    week = free.week() if wish == "weekly" and not facts.has_hours else None
    if wish == "weekly" and not facts.has_hours and week is None:
        raise InvalidInput(NO_HOURS, field="free")
    return requests_commands.ask_for_help(
        person, learner, topic, words,
        device="" if lack else form.device.data, lack=lack, urgency=urgency, wish=wish,
        lesson_slug=origin.lesson.slug if origin.lesson else None,
        step_number=origin.step.number if origin.step else None,
        instead_of=open_one.id if open_one is not None else None, keep_others=form.open.data == "both", free=week,
    )  # fmt: skip


def _add_picture(person: User, asked: HelpRequest) -> None:
    """Stores the picture of the form; the request stands even where the picture is refused."""
    sent = request.files.get("picture")
    data = sent.read() if sent else b""
    if not data:
        return
    try:
        pictures.add_picture(person, asked.id, data)
    except (InvalidInput, Conflict, Forbidden, RateLimited) as refusal:
        flash(gettext("Yêu cầu đã gửi, nhưng chưa thêm được ảnh. %(why)s", why=translate_error(refusal)), "warn")


def _family(person: User) -> list[Guardian]:
    """Returns the children for whom this user may ask."""
    ties = children(person.id) if person.kind == "adult" else []
    return [tie for tie in ties if may_ask_for(tie.confirmed_at is not None, tie.child.kind == "child")]


def _learners(person: User, family: Sequence[Guardian]) -> list[SelectChoice]:
    me = gettext("Em") if person.kind != "adult" else gettext("Tôi")
    ties = (SelectChoice(tie.child.id, tie.child.called_name) for tie in family)
    return [SelectChoice(person.id, me), *ties]


def _sentences(person: User, origin: Origin) -> list[str]:
    if origin.step is None:
        return []
    return [gettext(text) for text in topics.ready_sentences(person.kind != "adult", origin.step)]


def _page(
    form: AskForm, person: User, family: Sequence[Guardian], names: Mapping[str, str], origin: Origin,
    free: FreeDaysForm,
) -> str:  # fmt: skip
    sentences = _sentences(person, origin)
    form.say.choices = [(str(at), text) for at, text in enumerate(sentences)]
    home, minor = eligibility.home_unit(person.id), person.is_minor
    child = next((tie.child for tie in family if tie.child_id == form.learner.data), None)
    learner_id = child.id if child else person.id
    facts = queries.asking_facts([person.id, *(tie.child_id for tie in family)])
    opened = OpenChoices.of(person, learner_id, facts[learner_id].requests)
    lacking = [one for one in (person, *(tie.child for tie in family)) if not facts[one.id].has_hours]
    if form.open.data not in opened.values:
        form.open.data = next(iter(opened.values), "")
    groups = {gettext(heading): rows for heading, rows in topics.groups_of(names).items()}
    tiles = topics.tiles_for(person, bool(family), names)
    return render_template(
        "pairing/requests/ask_here.html" if origin.step else "pairing/requests/ask.html",
        form=form,
        origin=origin,
        tiles=tiles,
        subjects=[(topic, name) for topic, name in names.items() if is_school_subject(topic)],
        groups=groups,
        **({} if origin.step else _search(form, names, groups, {tile.topic for tile in tiles})),
        opened=opened,
        open_of=child,
        free=free,
        lacks_hours=bool(lacking),
        lack_of=free_days.named(person, lacking),
        skills=names,
        as_pupil=person.kind != "adult",
        may_picture=may_add_picture(True, minor, minor and is_new(person.id)),
        nowhere=home is None and not family,
        can_ask=eligibility.can_ask(person),
        band=person.band,
        open_hours=eligibility.open_hours(home) if minor or family else None,
    )


def _search(
    form: AskForm, names: Mapping[str, str], groups: Mapping[str, Sequence[tuple[str, str]]], tiles: Collection[str]
) -> dict[str, Any]:
    """Returns the facts of the search among the topics; the chosen topic is shown too where no tile shows it.

    Where the search finds none, what was typed goes into the empty field of words, and the list is chosen.
    """
    form.find.data = typed = (form.find.data or "")[:MAX_TOPIC_QUERY_CHARS]
    looked, found = bool(folded_words(typed)), topics.find(typed, groups)
    if looked and not found:
        form.topic.data, form.words.data = OTHER_TOPIC, form.words.data or typed
    chosen = form.topic.data
    own = [(chosen, names[chosen])] if chosen in names and chosen not in tiles and chosen not in dict(found) else []
    return {"looked": looked, "number": len(found), "found": [*own, *found]}


def _visitor_page() -> Response | str:
    """Shows a visitor how to go on; words, lesson and step are kept through sign-in and sign-up."""
    if request.method == "POST":
        origin = Origin.sent(request.form)
        slug, number = origin.lesson.slug if origin.lesson else "", origin.step.number if origin.step else 0
        words = request.form.get("words", "").strip()[: requests_commands.LONGEST_WORDS]
        listen(words)
        to = "community.join" if request.form.get("to") == "join" else "accounts.sign_in"
        after = url_for("pairing.ask", lesson=slug or None, step=number or None)
        response: Response = redirect(url_for(to, next=after if to == "accounts.sign_in" else None))
        visitor_words.keep(response, visitor_words.Kept(slug, number, words))
        return response
    typed = request.args.get("unit", "")[:MAX_UNIT_QUERY_CHARS]
    looked_for = folded_words(typed)
    found = places.places(None, looked_for) if looked_for else []
    above = places.names({one.unit.parent_id for one in found if one.unit.parent_id is not None})
    return render_template(
        "pairing/requests/ask_as_visitor.html",
        origin=Origin.sent(request.args), kept=visitor_words.kept(), typed=typed, found=found, above=above,
        looked=bool(looked_for),
    )  # fmt: skip
