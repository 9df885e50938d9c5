"""The page of a request."""

from typing import Any

from flask import render_template
from flask_babel import get_locale

from tutoring.accounts.queries import guardians, is_guardian
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.pairing import eligibility
from tutoring.pairing.awaiting_device.queries import needs_lacking
from tutoring.pairing.blueprint import skill_names
from tutoring.pairing.fallbacks.forms import TimesForm
from tutoring.pairing.group_sessions.queries import word_on_group
from tutoring.pairing.handoff.queries import helps_on
from tutoring.pairing.labels import AWAITING_DEVICE_WORDS
from tutoring.pairing.lifecycle.room_opening import LEARNER_SILENT
from tutoring.pairing.models import OPEN, HelpRequest
from tutoring.pairing.requests import queries, voice_notes
from tutoring.pairing.requests.commands import GROWING
from tutoring.pairing.requests.forms import CancelForm, MoreForm
from tutoring.pairing.requests.models import MOST_PICTURES, pictures_of, spoken_answers, voice_note_of
from tutoring.pairing.requests.wait_estimates import wait_of
from tutoring.pairing.scheduling.free_days import FreeDaysForm
from tutoring.pairing.scheduling.queries import without_hours
from tutoring.pairing.vetting.queries import vouchers
from tutoring.policy.pairing.requests import may_keep_request, needs_guardian_seat
from tutoring.rooms.serializers import voice_shape
from tutoring.web.auth import require_user
from tutoring.web.security import may_record


def render_request(
    request_id: int, more_form: MoreForm, times_form: TimesForm | None = None, free: FreeDaysForm | None = None
) -> str:
    """Renders the page of a request, with the input of one of its forms."""
    asked = queries.request_for(require_user(), request_id)
    helper = asked.helper
    lesson = catalogue_queries.find_lesson(asked.lesson_slug) if asked.lesson_slug else None
    young = needs_guardian_seat(eligibility.person_facts(asked.learner))
    as_guardian = is_guardian(require_user().id, asked.learner_id)
    own_side = as_guardian or require_user().id == asked.learner_id
    group = word_on_group(asked.id) if asked.stage == "grouping" else None
    parked, language = asked.stage == "parked", str(get_locale())
    waiting = asked.stage == "waiting"
    skills = skill_names()
    keeps = may_keep_request(
        require_user().id == asked.learner_id, as_guardian and require_user().id == asked.asked_by_id
    )
    lacks_hours = waiting and keeps and bool(without_hours([asked.learner_id]))
    matching = catalogue_queries.lessons_teaching(asked.topic, language) if waiting or parked else []
    beside = [slug for slug, _title in matching] + ([lesson.slug] if lesson else [])
    return render_template(
        "pairing/requests/request_group.html" if group else "pairing/requests/request.html",
        asked=asked,
        form=CancelForm(),
        skill=skills.get(asked.topic, asked.topic),
        skills=skills,
        ahead=queries.request_ahead_of(asked) if asked.stage == "deferred" else None,
        growing=GROWING,
        place=queries.place(asked) if waiting else 0,
        voucher=vouchers([helper.id]).get(helper.id) if helper else None,
        watchers=eligibility.watchers(asked, helper.id) if helper else [],
        guardian_must=young,
        open_hours=eligibility.open_hours(asked.unit) if asked.minor and asked.state in OPEN and not parked else None,
        guardians=guardians(asked.learner_id) if young else [],
        as_guardian=as_guardian,
        wait=wait_of(asked) if waiting else None,
        could_come=queries.could_come(asked.id) if waiting and asked.wish == "now" else [],
        own_voice="guardian" if as_guardian else "adult" if asked.learner.kind == "adult" else "pupil",
        matching=matching,
        looks=catalogue_queries.looks_of(beside) if waiting and beside else {},
        needs=needs_lacking(asked) if parked else [],
        handouts=[(lesson.slug, lesson.title(language))] if lesson else matching,
        handed=helps_on(asked),
        missed=asked.stage == "paused" and queries.history(asked.id)[-1].why == LEARNER_SILENT,
        keeps=keeps,
        free=(free or FreeDaysForm()) if lacks_hours else None,
        whose="" if require_user().id == asked.learner_id else asked.learner.called_name,
        more=queries.added_words(asked.id),
        pictures=pictures_of(asked.id) if own_side else [],
        most_pictures=MOST_PICTURES,
        voice=_voice(asked, own_side),
        may_speak=keeps and _may_speak(asked),
        more_form=more_form,
        **_answers(asked),
        group=group,
        times_form=times_form or TimesForm(),
        lesson=lesson.title(language) if lesson else None,
        **AWAITING_DEVICE_WORDS,
    )


def _may_speak(asked: HelpRequest) -> bool:
    """Returns whether a voice note can be recorded on this page, and lets it ask for the microphone."""
    may = asked.stage in GROWING and voice_notes.may_add(require_user(), asked)
    if may:
        may_record()
    return may


def _voice(asked: HelpRequest, own_side: bool) -> dict[str, Any] | None:
    found = voice_note_of(asked.id)
    if found is None or not voice_notes.may_hear(require_user(), asked, found, own_side=own_side):
        return None
    return voice_shape(f"/requests/{asked.id}/voice-note", found.milliseconds, found.peaks)


def _answers(asked: HelpRequest) -> dict[str, Any]:
    """Returns the answers to a request, and the players of those that were spoken, by answer."""
    found = queries.answers_to(asked.id) if asked.later_at else []
    spoken = {
        answer_id: voice_shape(f"/requests/{asked.id}/answers/{answer_id}", one.milliseconds, one.peaks)
        for answer_id, one in spoken_answers([one.id for one in found]).items()
    }
    return {"answers": found, "spoken": spoken}
