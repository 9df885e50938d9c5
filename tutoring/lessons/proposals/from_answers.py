"""Turns answers that helped users elsewhere on the site into proposals for lessons.

The user who sends an answer is the author of the proposal and responsible for it. A proposal without faults is
submitted at once. Otherwise it stays with its author as a draft, with the list of faults.
"""

from dataclasses import dataclass
from pathlib import Path

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Conflict, DomainError
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.queries import find_lesson
from tutoring.lessons.content.step_editor import slug_of, with_first_task, with_mistake
from tutoring.lessons.events import ProposalSubmitted
from tutoring.lessons.proposals import preview
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.commands import propose_change, propose_lesson
from tutoring.lessons.proposals.models import Proposal


@dataclass(frozen=True)
class Words:
    """The question and its answer; `note` tells the editors where they come from."""

    asked: str
    answered: str
    note: str


@command
def propose_step_from_words(actor: User, folder: Path, slug: str, number: int, words: Words) -> Proposal:
    """Proposes the answer as one more usual mistake of a step; raises NotFound for no such step."""
    begun = _begun(actor, slug, number)
    if begun:
        raise Conflict(N_("Bạn đang viết dở bước này. Hãy gửi hoặc rút đề nghị đó, hoặc chọn bước khác."), field="step")
    row = proposals_queries.proposal(propose_change(actor, folder, slug, number))
    row.text, row.note = with_mistake(row.text, words.asked, words.answered), preview.short_note(words.note)
    return _handed_over(folder, row)


def _begun(actor: User, slug: str, number: int) -> bool:
    found = find_lesson(slug)
    step_id = found.step_id(number) if found is not None else None
    return step_id is not None and proposals_queries.proposal_on(actor.id, slug, step_id) is not None


@command
def propose_lesson_from_words(actor: User, folder: Path, title: str, path: str, skill: str, words: Words) -> Proposal:
    """Proposes a new lesson from the template, with the answer in its first step."""
    slug = slug_of(title, proposals_queries.slugs_taken())
    row = proposals_queries.proposal(propose_lesson(actor, slug, title, path, skill))
    row.text, row.note = with_first_task(row.text, words.answered), preview.short_note(words.note)
    return _handed_over(folder, row)


def _handed_over(folder: Path, row: Proposal) -> Proposal:
    try:
        preview.require_publishable(preview.check_proposal(folder, row))
    except DomainError:
        return row  # its author edits it further
    row.state = "submitted"
    publish(ProposalSubmitted(row.id, row.author_id, row.lesson_slug))
    return row
