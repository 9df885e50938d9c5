"""Erases the text of decided cases and reports of an erased account.

An open case keeps all it needs.
"""

from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.emergency_access.models import EmergencyAccess
from tutoring.moderation.models import Case, Evidence, ModerationAction, Report
from tutoring.moderation.welfare.models import Welfare, WelfareAct
from tutoring.policy.welfare import ACTS_KEPT, WORDS_KEPT
from tutoring.rooms.hooks import rooms_on_legal_hold
from tutoring.welfare.models import Disclosure

NOTHING_SAID = {"words": "", "reply": "", "family_words": ""}


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    decided = sa.select(Case.id).where(Case.state == "decided")
    own = (Report.by_id == event.user_id, Report.case_id.in_(decided))
    db.session.execute(sa.update(Report).where(*own).values(words="", marks=[], by_id=None))
    about = sa.or_(Case.about_id == event.user_id, Case.decided_by_id == event.user_id)
    db.session.execute(sa.update(Case).where(about, Case.state == "decided").values(**NOTHING_SAID))
    of_them = (Case.about_id == event.user_id, Case.state == "decided")
    db.session.execute(sa.update(Case).where(*of_them).values(reasons=[]))
    told = sa.or_(
        ModerationAction.about_id == event.user_id,
        ModerationAction.by_id == event.user_id,
        ModerationAction.undone_by_id == event.user_id,
    )
    over = sa.or_(ModerationAction.case_id.is_(None), ModerationAction.case_id.in_(decided))
    db.session.execute(sa.update(ModerationAction).where(told, over).values(words="", undone_words=""))
    db.session.execute(
        sa.update(ModerationAction).where(ModerationAction.about_id == event.user_id, over).values(was={})
    )
    db.session.execute(sa.update(WelfareAct).where(WelfareAct.by_id == event.user_id).values(who=""))
    _forget_second_looks(event.user_id)


def _forget_second_looks(user_id: int) -> None:
    """Erases the texts of the user's appeals, and the user's answers to appeals.

    Also erases the reasons of the user's emergency accesses.
    """
    asked = sa.update(ActionAppeal).where(ActionAppeal.by_id == user_id)
    db.session.execute(asked.values(words="", answer="", by_id=None))
    db.session.execute(sa.update(ActionAppeal).where(ActionAppeal.decided_by_id == user_id).values(answer=""))
    db.session.execute(sa.update(EmergencyAccess).where(EmergencyAccess.asked_by_id == user_id).values(reason=""))


def open_about(user_id: int) -> bool:
    """Returns whether a case about this user is open.

    The account is not erased before its decision.
    """
    query = sa.select(Case.id).where(Case.about_id == user_id, Case.state == "open")
    return db.session.scalar(query.limit(1)) is not None


@command
def forget_decided(before: datetime) -> int:
    """Erases text, reasons and evidence of cases decided before this moment.

    Rooms under legal hold are exempt. The outcome stays.
    """
    free = sa.or_(Case.room_id.is_(None), Case.room_id.not_in(rooms_on_legal_hold()))
    old = sa.select(Case.id).where(Case.state == "decided", Case.decided_at < before, free)
    kept = db.session.execute(sa.delete(Evidence).where(Evidence.case_id.in_(old)).returning(Evidence.id)).all()
    said = (Report.case_id.in_(old), sa.or_(Report.words != "", Report.by_id.is_not(None)))
    db.session.execute(sa.update(Report).where(*said).values(words="", by_id=None))
    db.session.execute(sa.update(Case).where(Case.id.in_(old), Case.words != "").values(reasons=[], **NOTHING_SAID))
    return len(kept)


@command
def forget_welfare(now: datetime) -> int:
    """Erases old welfare content: text after half a year, acts after two years.

    Open cases and text on legal hold are exempt. Returns the number of erased texts.
    """
    open_ones = sa.select(Case.id).where(Case.state == "open")
    held = sa.select(Welfare.case_id).where(Welfare.hold)
    kept = sa.or_(Disclosure.case_id.in_(open_ones), Disclosure.case_id.in_(held))
    old = (
        Disclosure.at < now - WORDS_KEPT,
        Disclosure.sealed.is_not(None),
        sa.or_(Disclosure.case_id.is_(None), ~kept),
    )
    gone = db.session.execute(sa.update(Disclosure).where(*old).values(sealed=None).returning(Disclosure.id)).all()
    over = sa.select(Case.id).where(Case.state == "decided", Case.decided_at < now - ACTS_KEPT, Case.id.not_in(held))
    db.session.execute(sa.delete(WelfareAct).where(WelfareAct.case_id.in_(over)))
    db.session.execute(sa.update(Welfare).where(Welfare.case_id.in_(over)).values(author_id=None, kept_from=[]))
    db.session.execute(sa.delete(Disclosure).where(Disclosure.case_id.in_(over)))
    return len(gone)
