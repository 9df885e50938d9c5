"""Rows of publications that wait: campaigns, lessons, answers of parents that become lessons, and facts."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import aliased, contains_eager, defer

from tutoring.accounts.models import User
from tutoring.accounts.reader_names import shown_to_reader
from tutoring.campaigns.models import Campaign
from tutoring.campaigns.queries import drafts_for
from tutoring.circles.models import Answer, ToLesson, Topic
from tutoring.community.models import Membership
from tutoring.home.pending_work.people import MOST
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.kernel.content_folder import content_folder
from tutoring.lessons.claims.queries import count_open_claims
from tutoring.lessons.facts.queries import count_old
from tutoring.lessons.proposals.models import LessonEditor, Proposal
from tutoring.policy.campaigns import PUBLISHERS
from tutoring.policy.lessons import EDITORS
from tutoring.policy.rooms.participation import TEACHING

_COORDINATOR = ("coordinator",)


# ---- campaigns ---------------------------------------------------------------------------------------------------


def _may_have_drafts(here: Standpoint) -> sa.ColumnElement[bool]:
    near = here.scope(PUBLISHERS).holds(Campaign.unit_id)
    return any_row(Campaign.state == "draft", Campaign.written_by_id != here.id, near)


def _drafts(viewer: Viewer) -> Iterator[WorkItem]:
    for row in drafts_for(viewer.person):
        yield WorkItem(
            "campaign_draft", gettext("Chiến dịch chờ bạn công bố: %(title)s", title=row.title),
            url_for("campaigns.manage", campaign_id=row.id), row.unit.name,
        )  # fmt: skip


# ---- lessons -----------------------------------------------------------------------------------------------------


def named_editor(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """Returns the conditions under which the viewer releases what others wrote or recorded for lessons."""
    edits = sa.true() if here.holds_any(EDITORS) else sa.false()
    return [edits, sa.exists().where(LessonEditor.user_id == here.id)]


def _to_review(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [Proposal.state == "submitted", Proposal.author_id != here.id, *named_editor(here)]


_REVIEWS = Statement(
    lambda here: (
        sa.select(Proposal, User)
        .join(User, User.id == Proposal.author_id)
        .options(defer(Proposal.text))
        .where(*_to_review(here))
        .order_by(Proposal.updated_at, Proposal.id)
        .limit(MOST)
    )
)


def _reviews(viewer: Viewer) -> Iterator[WorkItem]:
    rows = _REVIEWS.results(viewer).all()
    if len(rows) > 1:
        title = ngettext("%(num)d bài viết chờ bạn duyệt", "%(num)d bài viết chờ bạn duyệt", len(rows))
        yield WorkItem("lesson_review", title, url_for("lessons.writing"), since=rows[0][0].updated_at, count=len(rows))
        return
    for row, author in rows:
        yield WorkItem(
            "lesson_review", gettext("%(name)s gửi một bài chờ bạn duyệt", name=shown_to_reader(author)),
            url_for("lessons.review", proposal_id=row.id), since=row.updated_at,
        )  # fmt: skip


def _returned(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [Proposal.state == "returned", Proposal.author_id == here.id]


_RETURNED = Statement(
    lambda here: sa.select(Proposal.id, Proposal.updated_at).where(*_returned(here)).order_by(Proposal.id).limit(MOST)
)


def _own_returned(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _RETURNED.results(viewer):
        yield WorkItem(
            "lesson_returned", gettext("Bài bạn viết cần sửa thêm"), url_for("lessons.write", proposal_id=row.id),
            since=row.updated_at,
        )  # fmt: skip


def _without_editor(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """Texts from the coordinator's units that no named editor but the author could review."""
    teaches, edits = aliased(Membership), aliased(User)
    other = sa.exists().where(
        LessonEditor.user_id != Proposal.author_id, edits.id == LessonEditor.user_id, edits.state == "active",
        teaches.user_id == edits.id, teaches.state == "active", teaches.role.in_(sorted(EDITORS)),
    )  # fmt: skip
    author = sa.exists().where(
        Membership.user_id == Proposal.author_id, Membership.state == "active",
        here.scope(_COORDINATOR).holds(Membership.unit_id),
    )  # fmt: skip
    return [Proposal.state == "submitted", author, ~other]


_UNREVIEWED = Statement(
    lambda here: sa.select(sa.func.count(Proposal.id), sa.func.min(Proposal.updated_at)).where(*_without_editor(here))
)


def _editors(viewer: Viewer) -> Iterator[WorkItem]:
    num, since = _UNREVIEWED.results(viewer).one()
    title = ngettext("%(num)d bài viết chưa ai được giao duyệt", "%(num)d bài viết chưa ai được giao duyệt", num)
    yield WorkItem("lesson_without_editor", title, url_for("lessons.editors"), since=since, count=num)


# ---- answers of parents, facts -----------------------------------------------------------------------------------


def _agreed(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    under_way = sa.exists().where(Proposal.id == ToLesson.proposal_id, Proposal.state != "withdrawn")
    return [
        ToLesson.said == "agreed", ~under_way, Answer.id == ToLesson.answer_id, Answer.author_id != here.id,
        Answer.hidden_at.is_(None), Answer.withdrawn_at.is_(None), Topic.id == Answer.topic_id,
        here.scope(TEACHING).holds(Topic.unit_id),
    ]  # fmt: skip


_AGREED = Statement(
    lambda here: (
        sa.select(ToLesson, Topic)
        .join(Answer, Answer.id == ToLesson.answer_id)
        .join(Topic, Topic.id == Answer.topic_id)
        .join(Topic.unit)
        .options(contains_eager(Topic.unit))
        .where(*_agreed(here))
        .order_by(ToLesson.said_at)
        .limit(MOST)
    )
)


def _answers(viewer: Viewer) -> Iterator[WorkItem]:
    for row, topic in _AGREED.results(viewer):
        yield WorkItem(
            "circle_answer", gettext("Một phụ huynh đồng ý cho câu trả lời thành bài học"),
            url_for("circles.topic", unit_id=topic.unit_id, topic_id=topic.id), topic.unit.name, since=row.said_at,
        )  # fmt: skip


def _facts(_viewer: Viewer) -> Iterator[WorkItem]:
    num = count_old(content_folder())
    if num:
        title = ngettext("%(num)d số liệu cần kiểm tra lại", "%(num)d số liệu cần kiểm tra lại", num)
        yield WorkItem("fact", title, url_for("administration.facts"), count=num)


def _editor(here: Standpoint) -> sa.ColumnElement[bool]:
    return any_row(LessonEditor.user_id == here.id) if here.holds_any(EDITORS) else sa.false()


def _claims(_viewer: Viewer) -> Iterator[WorkItem]:
    num = count_open_claims(content_folder())
    if num:
        title = ngettext(
            "%(num)d điều trong bài học chưa ai so với nguồn", "%(num)d điều trong bài học chưa ai so với nguồn", num
        )
        yield WorkItem("lesson_claim", title, url_for("lessons.claims"), count=num)


SOURCES = (
    Source(("campaign_draft",), _may_have_drafts, _drafts),
    Source(("lesson_review",), lambda here: any_row(*_to_review(here)), _reviews),
    Source(("lesson_returned",), lambda here: any_row(*_returned(here)), _own_returned),
    Source(("lesson_without_editor",), lambda here: any_row(*_without_editor(here)), _editors),
    Source(("circle_answer",), lambda here: any_row(*_agreed(here)), _answers),
    Source(("fact",), lambda here: sa.true() if here.admin else sa.false(), _facts),
    Source(("lesson_claim",), _editor, _claims),
)
