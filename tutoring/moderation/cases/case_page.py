"""The page of a case with its two forms: what is decided, and what is done meanwhile."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.reader_names import shown_to_reader
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError
from tutoring.moderation import labels as moderation_labels
from tutoring.moderation.actions import queries as actions_queries
from tutoring.moderation.actions.current_measures import changes_since, measures_now
from tutoring.moderation.actions.targets import offered, people_of
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.affected_families import children_of
from tutoring.moderation.cases.commands import outcomes_for
from tutoring.moderation.cases.history import past_of
from tutoring.moderation.cases.queries import Line, holder_of, holder_to_wait_for
from tutoring.moderation.forms import ActionForm, DecideForm
from tutoring.moderation.models import Case, ModerationAction
from tutoring.moderation.reports.circle_targets import words_of
from tutoring.moderation.reports.published_targets import published_of
from tutoring.moderation.reports.reply_targets import Reply, reply_of
from tutoring.policy.moderation.actions import REASONS
from tutoring.policy.moderation.cases import GRADES, CaseFacts, may_decide_case, may_regrade
from tutoring.rooms.labels import found_short
from tutoring.rooms.moderation.queries import UNDO
from tutoring.rooms.queries import message
from tutoring.rooms.risk.queries import kinds_of
from tutoring.rooms.room_page import SEAT_ROLE_LABELS
from tutoring.rooms.serializers import Shape, voice_shape
from tutoring.web.auth import require_user

NEAR = 4  # lines before and after the reported message that are not folded
POINTED_AT = {"release", "mask", "hide"}  # actions on a message


@dataclass(frozen=True)
class Talk:
    """The lines of a case: those that matter first, and those folded before and after them."""

    earlier: list[Line]
    near: list[Line]
    later: list[Line]

    @property
    def has_voice(self) -> bool:
        """Returns whether a voice note stands among the lines."""
        return any(line.message.voice for line in [*self.earlier, *self.near, *self.later])


def talk_of(case: Case) -> Talk | None:
    """Returns the lines around the reported message, or the newest of its room; None without a room."""
    lines = cases_queries.context(case)
    if not lines:
        return None
    at = next((number for number, line in enumerate(lines) if line.reported), len(lines) - 1)
    start = max(0, at - (NEAR if case.seq else 2 * NEAR))
    return Talk(lines[:start], lines[start : at + NEAR + 1], lines[at + NEAR + 1 :])


def decide_form(case: Case, **data: Any) -> DecideForm:
    form = DecideForm(**data)
    form.outcome.choices = [
        choice(key, gettext(moderation_labels.OUTCOMES[key])) for key in outcomes_for(case, require_user())
    ]
    if case.about_id is None:
        form.words.label.text = gettext("Viết cho người đã báo")
    if case.about_id is None or not any(one.by_id for one in cases_queries.newest_reports_of(case.id)):
        del form.reply
    if not children_of(case):  # without naming the family: the child may be the reporter
        del form.tell_family, form.family_words
    return form


def act_form(case: Case, **data: Any) -> ActionForm:
    """Returns the form beside the actions of a case, without the fields that the case determines."""
    form = ActionForm(prefix="act-", **data)
    people = people_of(case)
    if len(people) > 1:
        form.about.choices = [choice(str(one.id), shown_to_reader(one)) for one in people]
    else:
        form.about.choices = []
        form.about.data = None
    return form


def _fresh_act_form(case: Case) -> ActionForm:
    """Returns the form with the reason that fits the reports, and its standard text."""
    reason = moderation_labels.reason_for([report.kind for report in cases_queries.newest_reports_of(case.id)])
    return act_form(case, formdata=None, reason=reason, words=gettext(moderation_labels.STANDARD[reason]))


def render_case(
    case: Case,
    known: CaseFacts,
    form: DecideForm | None = None,
    acting: ActionForm | None = None,
    refusal: DomainError | None = None,
) -> Response:
    """Renders the page of a case; the submitted form keeps its input."""
    holder, is_open = holder_of(case), case.state == "open"
    takes = (
        is_open and holder not in (None, require_user().id) and holder_to_wait_for(case, require_user(), known) is None
    )
    free = is_open and holder in (None, require_user().id)
    decide, act = form or decide_form(case, formdata=None), acting or _fresh_act_form(case)
    kinds = offered(require_user(), case, known) if free else []
    talk, done, reply = talk_of(case), actions_queries.acts_of_case(case.id), reply_of(case)
    speaks = (talk is not None and talk.has_voice) or (reply is not None and reply.spoken is not None)
    return render_form(
        "moderation/cases/case.html",
        act if acting is not None else decide,
        refusal,
        case=case,
        decide=decide,
        act=act,
        kinds=kinds,
        act_words=moderation_labels,
        reasons=REASONS,
        done=done,
        just_done=next((one for one in done if one.stands and _is_fresh(one)), None) if free else None,
        past=past_of(case, cases_queries.Viewer(require_user())),
        holder=case.claimed_by if holder is not None else None,
        mine=holder == require_user().id,
        reports=cases_queries.newest_reports_of(case.id),
        together=cases_queries.counts([case.id]).get(case.id, 0) if case.target.startswith("net-") else 0,
        talk=talk,
        hears=speaks and is_open and may_decide_case(known),
        pointing=talk is not None and case.kind != "message" and not POINTED_AT.isdisjoint(kinds),
        in_circle=words_of(case),
        published=published_of(case),
        reply=reply,
        voice=_voice_of(reply),
        towards=cases_queries.written_to([case]).get(case.id),
        roles=SEAT_ROLE_LABELS,
        free=free,
        takes=takes,
        let_through=_kinds_of(case),
        measures=measures_now(case),
        changes=changes_since(case),
        may_decide=free and may_decide_case(known),
        reported=known.reported,
        grades=[grade for grade in GRADES if grade != case.grade and may_regrade(known, grade)],
        now=clock.now(),
        words=moderation_labels,
    )


def _voice_of(reply: Reply | None) -> Shape | None:
    """Returns the player's facts for an answer that was spoken."""
    if reply is None or reply.spoken is None:
        return None
    url = f"/requests/{reply.answer.request_id}/answers/{reply.answer.id}"
    return voice_shape(url, reply.spoken.milliseconds, reply.spoken.peaks)


def _is_fresh(act: ModerationAction) -> bool:
    return act.by_id == require_user().id and act.at > clock.now() - UNDO


def _kinds_of(case: Case) -> str:
    """Returns what was found in the message of a case, for the button that releases it."""
    if case.room_id is None or not case.seq:
        return ""
    found = message(case.room_id, case.seq)
    return found_short(found, kinds_of([found]).get(found.id, []))
