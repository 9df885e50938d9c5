"""Plain words that helped people somewhere on the site, sent to the editors of lessons as a proposal.

Who sends them is the proposal's author and answers for it. Where nothing is wrong it is handed over at once; else it
stays with its author as a draft, with what is still to be written.
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
    """What was asked and what was answered; `note` tells the editors where it comes from."""

    asked: str
    answered: str
    note: str


@command
def propose_step_from_words(actor: User, folder: Path, slug: str, number: int, words: Words) -> Proposal:
    """Propose the words as one more usual mistake of a step; raises Missing where there is no such step."""
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
    """Begin a new lesson from the bare layout, in which the first step says these words."""
    slug = slug_of(title, proposals_queries.slugs_taken())
    row = proposals_queries.proposal(propose_lesson(actor, slug, title, path, skill))
    row.text, row.note = with_first_task(row.text, words.answered), preview.short_note(words.note)
    return _handed_over(folder, row)


def _handed_over(folder: Path, row: Proposal) -> Proposal:
    try:
        preview.refuse_unready(preview.judge(folder, row))
    except DomainError:
        return row  # its author goes on with it
    row.state = "submitted"
    publish(ProposalSubmitted(row.id, row.author_id, row.lesson_slug))
    return row
