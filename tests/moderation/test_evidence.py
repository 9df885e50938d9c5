"""What is kept for a case: the copy and its digests, and pictures that nobody may see nor copy."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, change, person
from tests.moderation.conftest import Who, said
from tests.rooms.conftest import new_id, open_pair
from tests.safety.pictures import photo
from tests.swapped import swapped
from tutoring.cli.evidence import group
from tutoring.kernel import audit, clock, encryption, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.file_storage import FileStorage
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.appeals.commands import appeal_act, decide_act_appeal
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import evidence
from tutoring.moderation.cases.commands import lift_picture_lock
from tutoring.moderation.models import Case, Evidence
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room, SentPicture
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.pictures import queries as pictures_queries
from tutoring.rooms.presence import commands as presence_commands

EVERYBODY = ("minh", "lan", "khoa", "hang", "quang", "mai", "admin1")


@pytest.fixture(autouse=True)
def media(app: Flask, tmp_path: Path) -> Iterator[Path]:
    with swapped(app, file_storage=FileStorage(tmp_path / "media")):
        yield tmp_path / "media"


def kept_files(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


@command
def _trust(room_id: int) -> None:
    db.session.get_one(Room, room_id).trusted = True


@dataclass(frozen=True)
class Shown:
    room_id: int
    seq: int
    id: int

    @property
    def picture(self) -> SentPicture:
        return db.session.get_one(SentPicture, self.id, populate_existing=True)


@pytest.fixture
def shown(who: Who, pair: int, media: Path) -> Shown:
    """A picture of Khoa's that everybody in the room has seen."""
    _trust(pair)
    made = pictures_commands.take_picture(who("khoa"), pair, new_id(), photo())
    row = pictures_queries.of_message(pair, made.seq)
    assert made.status == "sent" and row is not None
    return Shown(pair, made.seq, row[0].id)


def copy_of(case: Case) -> Evidence:
    return db.session.scalars(sa.select(Evidence).where(Evidence.case_id == case.id)).one()


def verify(app: Flask, case: Case) -> Result:
    number = case.id
    db.session.rollback()
    return app.test_cli_runner(catch_exceptions=False).invoke(group, ["verify", str(number)])


def seeing(who: Who, room_id: int, picture_id: int) -> set[str]:
    found = set()
    for name in EVERYBODY:
        try:
            pictures_queries.visible(who(name), room_id, picture_id)
            found.add(name)
        except NotFound:
            pass
    return found


# ---- the copy ----------------------------------------------------------------------------------------------------


def test_rows_edits_masks_joins_seats_and_digests_of_files_are_kept_and_no_picture_is(
    who: Who, pair: int, shown: Shown, media: Path
) -> None:
    presence_commands.visit(who("minh"), pair)
    messages_commands.edit_message(who("khoa"), pair, 1, "Sao em học giỏi vậy")
    masked = messages_commands.post_message(who("khoa"), pair, new_id(), "Gọi anh 0912 345 678")
    before = len(kept_files(media))
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    kept = evidence.opened(copy_of(case))
    lines = {line["seq"]: line for line in kept["messages"]}
    assert lines[1]["before"][0][0] == "Sao em học chậm vậy"
    assert lines[masked.seq]["status"] == "masked" and [hit[0] for hit in lines[masked.seq]["found"]] == ["phone"]
    assert "0912" not in json.dumps(kept)
    assert {(one["user"], one["role"]) for one in kept["seats"]} >= {
        (who("minh").id, "learner"), (who("khoa").id, "helper"),
    }  # fmt: skip
    assert [one["user"] for one in kept["attendance"]] == [who("minh").id] and kept["attendance"][0]["from"]
    [file] = kept["files"]
    assert (file["seq"], len(file["sha256"])) == (shown.seq, 64)
    assert len(kept_files(media)) == before  # its bytes are nowhere else
    row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "freeze_evidence")).one()
    assert row.facts["parts"] == {name: evidence.digest(kept[name]) for name in ("seats", "attendance", "files")}


def test_a_copy_that_is_as_it_was_holds(app: Flask, who: Who, pair: int, shown: Shown) -> None:
    done = verify(app, said(who("minh"), "room", str(pair), "danger"))
    assert (done.exit_code, done.output.strip()) == (0, f"1 copies hold: {shown.seq} lines, 1 files")


def test_a_case_that_does_not_exist_is_said(app: Flask) -> None:
    done = app.test_cli_runner(catch_exceptions=False).invoke(group, ["verify", "999999"])
    assert (done.exit_code, done.stderr.strip()) == (1, "Error: There is no case 999999.")


def test_a_changed_copy_names_what_is_another_one(app: Flask, who: Who, pair: int) -> None:
    case = said(who("minh"), "room", str(pair), "danger")
    kept = evidence.opened(copy_of(case))
    kept["messages"][0]["text"] = "Em học giỏi quá"
    kept["seats"] = []
    change(Evidence, {"case_id": case.id}, sealed=encryption.encrypt(json.dumps(kept), f"case:{case.id}"))
    done = verify(app, case)
    assert done.exit_code == 1 and "line 1 is another one" in done.output and "seats is another one" in done.output
    change(Evidence, {"case_id": case.id}, sealed=b"something else, and long enough to be opened")
    assert "cannot be opened" in verify(app, case).output


def test_a_copy_that_was_taken_away_is_missed_and_so_is_a_changed_file(
    app: Flask, who: Who, pair: int, shown: Shown, media: Path
) -> None:
    case = said(who("minh"), "room", str(pair), "danger")
    [file] = kept_files(media)
    file.write_bytes(b"another picture")
    assert "the file of picture" in verify(app, case).output
    file.unlink()
    gone = verify(app, case)
    assert gone.exit_code == 0 and "no longer there: picture" in gone.output
    command(lambda: db.session.execute(sa.delete(Evidence)))()
    assert "the chain says 1 copies, there are 0" in verify(app, case).output


# ---- pictures that may show abuse --------------------------------------------------------------------------------


def test_a_picture_of_a_grave_report_is_fetched_by_nobody(who: Who, pair: int, shown: Shown) -> None:
    assert seeing(who, pair, shown.id) >= {"minh", "lan", "khoa"}
    case = said(who("minh"), "message", f"{pair}/{shown.seq}", "scared")
    assert case.grade == "S1" and "picture" in {one["act"] for one in case.acts}
    assert seeing(who, pair, shown.id) == set()
    moderation_commands.enter_as_observer(who("hang"), pair)
    moderation_commands.appeal(who("khoa"), pair, shown.seq)
    assert seeing(who, pair, shown.id) == set()  # nor by whoever would take the second look
    with pytest.raises(Conflict, match="đang bị khoá"):
        moderation_commands.decide_appeal(who("hang"), pair, shown.seq, True, "Ảnh bình thường")
    assert rooms_serializers.picture(pair, shown.picture) is None


def test_the_desk_brings_no_locked_picture_back(who: Who, pair: int, shown: Shown) -> None:
    act = actions_commands.act(
        who("hang"), "hide", room_id=pair, seq=shown.seq, reason="looking", words="Chờ xem lại nhé."
    )
    said(who("minh"), "message", f"{pair}/{shown.seq}", "scared")
    with pytest.raises(Conflict, match="đang bị khoá"):
        actions_commands.reverse(who("quang"), act.id)
    appeal_act(who("khoa"), act.id)
    with pytest.raises(Conflict, match="đang bị khoá"):
        decide_act_appeal(who("quang"), act.id, True, "Ảnh bình thường.")


def test_a_slight_report_locks_nothing(who: Who, pair: int, shown: Shown) -> None:
    case = said(who("minh"), "message", f"{pair}/{shown.seq}", "bullied")
    assert case.acts == [] and shown.picture.locked_at is None
    cases_commands.regrade(who("hang"), case.id, "S1")
    assert shown.picture.locked_at is not None


def test_where_nothing_was_wrong_the_picture_is_seen_again(who: Who, pair: int, shown: Shown) -> None:
    case = said(who("minh"), "message", f"{pair}/{shown.seq}", "scared")
    cases_commands.decide(who("quang"), case.id, "none", "Ảnh bài tập.")
    assert seeing(who, pair, shown.id) >= {"minh", "lan", "khoa"}


def test_a_picture_for_the_police_stays_locked_and_kept_until_a_coordinator_lifts_it(
    who: Who, pair: int, shown: Shown, media: Path
) -> None:
    case = said(who("minh"), "message", f"{pair}/{shown.seq}", "scared")
    with pytest.raises(Conflict, match="chưa được quyết định"):
        lift_picture_lock(who("quang"), case.id, "Công an đã nhận")
    cases_commands.decide(who("quang"), case.id, "outside", "Đã báo công an phường lúc 9 giờ.")
    later(40)
    with clock.travel(clock.now() + timedelta(days=41)):
        consent_withdrawal.erase_words(who("khoa").id)  # his family takes the yes back
    assert len(kept_files(media)) == 1 and queries.message(pair, shown.seq).picture is not None
    assert queries.message(pair, 1).text == ""  # the rest goes as ever
    with pytest.raises(Forbidden):
        lift_picture_lock(who("hang"), case.id, "Công an đã nhận")
    with pytest.raises(InvalidInput):
        lift_picture_lock(who("quang"), case.id, " ")
    lift_picture_lock(who("quang"), case.id, "Công an đã nhận")
    with pytest.raises(Conflict, match="không còn bị khoá"):
        lift_picture_lock(who("quang"), case.id, "Công an đã nhận")
    row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "unlock_picture")).one()
    assert (row.actor_id, row.reason) == (who("quang").id, "Công an đã nhận")
    later(80)
    assert kept_files(media) == [] and audit.verify().broken_at is None


def later(days: int) -> None:
    with clock.travel(clock.now() + timedelta(days=days)):
        while jobs.run_due():
            pass


def test_the_page_of_the_case_says_that_nobody_copies_it_and_whom_to_call(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        room_id = open_pair(world)
        _trust(room_id)
        made = pictures_commands.take_picture(person(world["khoa"]), room_id, new_id(), photo())
        case = said(person(world["minh"]), "message", f"{room_id}/{made.seq}", "scared").id
    page = as_("quang").get(f"/desk/cases/{case}").text
    assert "đừng sao chép" in page and 'href="tel:113"' in page and 'href="tel:111"' in page
    assert "Bỏ khoá ảnh" not in page  # not before there is a decision
    sent = {"outcome": "outside", "words": "Đã báo công an phường."}
    sent |= {"reply": "Đã báo công an.", "tell_family": "no"}
    assert as_("quang").post(f"/desk/cases/{case}/decide", data=sent).status_code == 302
    assert "Bỏ khoá ảnh" in as_("quang").get(f"/desk/cases/{case}").text
    assert "Bỏ khoá ảnh" not in as_("hang").get(f"/desk/cases/{case}").text
    done = as_("quang").post(f"/desk/cases/{case}/picture", data={"reason": "Công an đã nhận"}, follow_redirects=True)
    assert "Đã bỏ khoá ảnh" in done.text and "đừng sao chép" not in done.text
