"""A marker in every personal column of one person; the person is erased; the marker is nowhere, and a restored backup
does not bring it back."""

import logging
import shutil
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import database_reset
from tests.factories import World, person
from tests.privacy import marker_data
from tests.privacy.conftest import after
from tests.privacy.marker_data import MARK, Filler
from tutoring.accounts.erasure import GONE
from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user
from tutoring.kernel import audit
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.inbox.commands import notify
from tutoring.notifications.models import Notice
from tutoring.privacy import commands, personal_columns, tombstones
from tutoring.privacy.data_inventory import DATA_INVENTORY
from tutoring.privacy.inventory_entries import DELETED
from tutoring.privacy.models import DataRequest
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.rooms.sessions import commands as sessions_commands

NAME = f"Dấu {MARK}"
IN_TIME = (1.1, 16, 200)  # days: the day to think again, the fortnight for reports, the longest time of all


@command
def lived(world: World) -> int:
    """A grown-up who helps Bảy: real rows, with the name where others read it."""
    victim = create_user(NAME, "bốn từ dễ nhớ", handle=f"u{MARK}")
    victim.called_name = NAME
    seats = [(world["bay"], "learner"), (victim.id, "helper")]
    room = sessions_commands.open_room(world["kp3"], seats, "portal", minors=False, observed=True)
    messages_commands.post_message(victim, room.id, str(uuid.uuid4()), f"Chào chị {MARK}")
    messages_commands.post_message(person(world["bay"]), room.id, str(uuid.uuid4()), "Chào bạn")
    notify(world["bay"], "canary", "%(name)s giúp bạn.", "/rooms", name=NAME, both=f"Lan, {NAME}")
    return victim.id


def test_nothing_is_left_of_somebody_who_was_erased_nor_after_a_restore(
    app: Flask, world: World, media: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with app.app_context():
        victim = lived(world)
        filler = Filler(victim, world["bay"])
        filler.fill()
        numbers = {"audit_row.actor_id", "kept_change.by_id"}
        assert set(filler.filled) >= {f"{e.table}.{e.column}" for e in personal_columns.entries()} - numbers
        before = marker_data.in_database()
        held = {f"{e.table}.{e.column}" for e in personal_columns.entries()}
        assert len(set(before) & held) >= 50 and marker_data.in_files(media)  # the test can fail
        db.session.remove()
    app.test_client().post("/sign-in", data={"handle": f"u{MARK}", "password": MARK})
    database_reset.of(app).keep("canary")
    shutil.copytree(media, tmp_path / "backup")

    with app.app_context():
        user = db.session.get_one(User, victim)
        commands.ask_deletion(user, victim, user.called_name)
        db.session.remove()
        after(*IN_TIME)
        assert marker_data.in_database() == []
        assert marker_data.in_files(media) == [] and marker_data.in_redis(app) == [] and MARK not in caplog.text
        nothing_but_a_number(victim)
        assert MARK not in (tmp_path / "tombstones.jsonl").read_text("utf-8")
        db.session.remove()

    database_reset.of(app).empty()
    database_reset.of(app).put_back("canary")
    shutil.rmtree(media)
    shutil.copytree(tmp_path / "backup", media)
    with app.app_context():
        assert marker_data.in_database() == before and marker_data.in_files(media)
        assert tombstones.reapply() == 1 and tombstones.reapply() == 0
        assert db.session.get_one(User, victim).called_name == GONE
        db.session.remove()
        after(*IN_TIME)
        assert marker_data.in_database() == []
        assert marker_data.in_files(media) == [] and marker_data.in_redis(app) == [] and MARK not in caplog.text


def nothing_but_a_number(victim: int) -> None:
    user = db.session.get_one(User, victim)
    assert (user.called_name, user.birth_year, user.grade, user.phone) == (GONE, None, None, None)
    assert not user.is_active
    for held in DATA_INVENTORY:
        if held.fate == DELETED and held.table not in ("lesson_proposal", "notice", "audit_row"):
            about = personal_columns.belongs(held, victim, own=False)
            left = db.session.execute(
                sa.select(sa.func.count()).select_from(personal_columns.table(held.table)).where(about)
            )
            assert left.scalar_one() == 0, held.table
    told = db.session.scalars(sa.select(Notice).where(Notice.key == "canary").order_by(Notice.id)).all()
    assert [notice.params for notice in told] in ([], [{"name": GONE, "both": f"Lan, {GONE}"}])
    assert db.session.scalars(sa.select(DataRequest.state).where(DataRequest.kind == "delete")).all() == ["done"]
    lines = db.session.scalars(sa.select(Message.text).where(Message.kind == "system").order_by(Message.id)).all()
    assert any(GONE in line for line in lines)
    assert audit.verify().broken_at is None
    acts = set(db.session.scalars(sa.select(AuditRow.action).where(AuditRow.target == f"user:{victim}")))
    assert {"ask_erasure", "erase_account"} <= acts
