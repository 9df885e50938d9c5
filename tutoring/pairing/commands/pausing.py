"""While it waits: keep the place without being offered to anybody, come back, say more."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.pairing.commands.asking import LONGEST_WORDS
from tutoring.pairing.commands.planning import queue_again
from tutoring.pairing.commands.states import locked, step
from tutoring.pairing.events import HelpPaused, HelpResumed, WordsAdded
from tutoring.pairing.models import AddedWords, HelpRequest
from tutoring.policy.pairing import may_keep_request
from tutoring.safety.free_text import listen, without_private

MOST_ADDED = 10  # times that something can be added to one request


def own(user: User, request_id: int) -> HelpRequest:
    """A request as its own side holds it: the learner, or the guardian who asked for the child; raises Missing."""
    asked = locked(request_id)
    asked_for_child = user.id == asked.asked_by_id and is_guardian(user.id, asked.learner_id)
    if not may_keep_request(user.id == asked.learner_id, asked_for_child):
        raise Missing
    return asked


@command
def pause(user: User, request_id: int) -> None:
    """Not now, but keep my place; nobody is offered it until it is resumed."""
    asked = own(user, request_id)
    if asked.stage == "paused":
        return
    step(asked, "paused", user.id)
    announce(HelpPaused(asked.id, asked.learner_id))


@command
def resume(user: User, request_id: int) -> None:
    """I am back: at the old place, and offered again."""
    asked = own(user, request_id)
    if asked.stage == "waiting":
        return
    if asked.stage != "paused":  # what rests otherwise comes back in its own way
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    step(asked, "waiting", user.id, "resumed")
    queue_again(asked)
    announce(HelpResumed(asked.id, asked.learner_id))


@command
def add_words(user: User, request_id: int, words: str) -> None:
    """Say more while it waits; what was said before stays as it was."""
    asked = own(user, request_id)
    listen(nfc(words))
    limits.hit("act", user.id)
    if asked.stage not in {"waiting", "paused", "parked"}:
        raise Conflict(N_("Đã có người nhận rồi. Hãy viết thêm trong phòng học."))
    words = nfc(words).strip()
    if not words:
        raise Invalid(N_("Hãy viết điều muốn kể thêm."), field="words")
    if len(words) > LONGEST_WORDS:
        raise Invalid(N_("Lời nhờ dài quá 500 ký tự. Hãy viết ngắn hơn."), field="words")
    said = db.session.scalar(sa.select(sa.func.count()).where(AddedWords.request_id == asked.id)) or 0
    if said >= MOST_ADDED:
        raise Conflict(N_("Bạn đã kể thêm nhiều lần rồi. Người giúp sẽ hỏi tiếp trong phòng học."))
    without_private(words, minor=asked.minor, field="words")
    db.session.add(AddedWords(request_id=asked.id, by_id=user.id, words=words))
    announce(WordsAdded(asked.id, asked.learner_id))
