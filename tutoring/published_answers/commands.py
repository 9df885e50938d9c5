"""Commands of both sides: write an answer, say yes or no to it, withdraw it."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import roles_of
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.search import ranking
from tutoring.policy import published_answers as policy
from tutoring.published_answers import queries
from tutoring.published_answers.eligibility import solved_request
from tutoring.published_answers.events import (
    AnswerAgreed,
    AnswerAsked,
    AnswerGone,
    AnswerSubmitted,
    ShownAnswersChanged,
)
from tutoring.published_answers.models import (
    ASKING,
    ENDED,
    RELEASED,
    RETURNED,
    WAITING,
    WITHDRAWN,
    AnswerConsent,
    AnswerEndorsement,
    AnswerMark,
    PublishedAnswer,
)
from tutoring.published_answers.text_rules import check_public, clean_answer, clean_problem
from tutoring.rooms.hooks import refuse_while_restricted

_CHANGED = N_("Lời giải này vừa thay đổi. Hãy xem lại trang.")


@command
def write_answer(author: User, request_id: int, problem: str, answer: str) -> PublishedAnswer:
    """Stores a helper's text after a solved request, or a new text in place of the last one; both sides are asked.

    What was said about the text before no longer counts. Raises NotFound where this user may not write, InvalidInput
    for a text that does not belong on a public page, SaidDanger for a call for help, Conflict once a teacher has it.
    """
    rate_limits.hit("act", author.id)
    refuse_while_restricted(author.id)
    before = queries.answer_of_request(request_id)
    if before is not None:
        return _rewrite(author, before.id, problem, answer)
    solved = solved_request(author, request_id)
    if solved is None:
        raise NotFound
    # Locked, so that two presses of the button store one answer.
    db.session.execute(sa.select(Lesson.slug).where(Lesson.slug == solved.lesson.slug).with_for_update())
    if queries.answer_of_request(request_id) is not None:
        raise Conflict(_CHANGED)
    found = PublishedAnswer(
        request_id=request_id, lesson_slug=solved.lesson.slug, step_id=solved.step_id, author_id=author.id,
        learner_id=solved.request.learner_id, problem="", answer="",
        writer=policy.writer_kind(author.is_minor, roles_of(author.id)),
        writer_grade=author.grade if author.is_minor else None,
    )  # fmt: skip
    found.author, found.learner, found.request = author, solved.request.learner, solved.request
    db.session.add(found)
    _set_text(found, problem, answer)
    db.session.flush()
    _ask(found)
    return found


def _rewrite(author: User, answer_id: int, problem: str, answer: str) -> PublishedAnswer:
    found = queries.find_answer(answer_id, lock=True)
    if found.author_id != author.id:
        raise NotFound
    if found.state not in (ASKING, RETURNED):
        raise Conflict(_CHANGED)
    _set_text(found, problem, answer)
    move(found, ASKING)
    db.session.execute(sa.delete(AnswerConsent).where(AnswerConsent.answer_id == found.id))
    _ask(found)
    return found


def _set_text(found: PublishedAnswer, problem: str, answer: str) -> None:
    problem, answer = clean_problem(problem), clean_answer(answer)
    people = (found.author, found.learner)
    check_public(problem, answer, [(one.called_name, one.full_name) for one in people])
    found.problem, found.answer, found.reason = problem, answer, ""
    found.folded_title = ranking.row(ranking.syllables(problem))
    found.folded = ranking.row(ranking.syllables(f"{problem} {answer}"))
    found.written_at = clock.now()


def _ask(found: PublishedAnswer) -> None:
    """Records the writer's own yes, which writing is, and asks all others."""
    db.session.add(AnswerConsent(answer_id=found.id, subject_id=found.author_id, by_id=found.author_id, yes=True))
    db.session.flush()
    asked = [
        (user_id, person.id)
        for person in (found.learner, found.author)
        for user_id in queries.asked_for(person)
        if user_id != found.author_id or person.id != found.author_id
    ]
    publish(AnswerAsked(found.id, tuple(asked)))


@command
def agree(user: User, answer_id: int, subject_id: int, word: str) -> PublishedAnswer:
    """Records the word "yes" or "no" for one side; both can be changed at any time while the answer has a text.

    With all yeses a teacher reads the answer next. A no takes it off all pages at once. Raises NotFound for users who
    do not speak for this side.
    """
    rate_limits.hit("act", user.id)
    found = queries.find_answer(answer_id, lock=True)
    if subject_id not in {one.id for one in queries.subjects_for(user, found)} or found.state in ENDED:
        raise NotFound
    if word not in ("yes", "no"):
        raise InvalidInput(N_("Hãy chọn một trong các câu trả lời."), field="word")
    yes = word == "yes"
    said = db.session.get(AnswerConsent, (answer_id, subject_id, user.id))
    if said is None:
        db.session.add(AnswerConsent(answer_id=answer_id, subject_id=subject_id, by_id=user.id, yes=yes))
    else:
        said.yes, said.at = yes, clock.now()
    db.session.flush()
    publish(AnswerAgreed(answer_id, subject_id, user.id, yes))
    if found.state == RETURNED:
        return found
    agreed = queries.both_agree(found)
    if found.state == ASKING and agreed:
        move(found, WAITING)
        publish(AnswerSubmitted(found.id, found.request.unit_id, queries.party_of(found)))
    elif found.state in (WAITING, RELEASED) and not agreed:
        was_public = found.state == RELEASED
        move(found, ASKING)
        if was_public:
            audit.record(user.id, "withdraw_answer", f"published:{found.id}", lesson=found.lesson_slug)
        publish(AnswerGone(found.id, found.author_id, was_public, ended=False))
    return found


@command
def withdraw_answer(author: User, answer_id: int) -> PublishedAnswer:
    """Deletes the text of a writer's own answer, in every state; it leaves all pages at once. Raises NotFound."""
    rate_limits.hit("act", author.id)
    found = queries.find_answer(answer_id, lock=True)
    if found.author_id != author.id or found.state in ENDED:
        raise NotFound
    if found.state == RELEASED:
        audit.record(author.id, "withdraw_answer", f"published:{found.id}", lesson=found.lesson_slug)
    end(found, WITHDRAWN)
    publish(AnswerGone(found.id, found.author_id, was_public=False, ended=True))
    return found


# ---- shared with other commands of this package --------------------------------------------------------------------


def move(found: PublishedAnswer, state: str) -> None:
    """Moves an answer to another state; call it within a command."""
    was_public = found.state == RELEASED
    found.state, found.state_since = state, clock.now()
    if state != RELEASED:
        found.check_by = None
        if was_public:
            _forget_readers(found.id)
    db.session.flush()
    if was_public or state == RELEASED:
        count_answers(found.lesson_slug)


def end(found: PublishedAnswer, state: str) -> None:
    """Ends an answer: its text is deleted. Call it within a command."""
    found.problem = found.answer = found.folded_title = found.folded = ""
    db.session.execute(sa.delete(AnswerConsent).where(AnswerConsent.answer_id == found.id))
    _forget_readers(found.id)
    move(found, state)


def _forget_readers(answer_id: int) -> None:
    """Deletes what readers and teachers said about a text that left the pages."""
    for table in (AnswerMark, AnswerEndorsement):
        db.session.execute(sa.delete(table).where(table.answer_id == answer_id))


def count_answers(lesson_slug: str) -> None:
    """Writes beside a lesson how many answers its steps show; pages of visitors are made anew.

    The page of a step reads the number with its lesson, without a query of its own. Call it within a command.
    """
    query = sa.select(Lesson).where(Lesson.slug == lesson_slug).with_for_update()
    lesson = db.session.scalar(query, execution_options={"populate_existing": True})
    if lesson is not None and lesson.answers != (counts := queries.open_counts(lesson_slug)):
        lesson.answers = counts
    publish(ShownAnswersChanged(lesson_slug))
