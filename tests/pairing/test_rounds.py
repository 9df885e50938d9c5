"""A coordinator's round: worked out as due work, adjusted, published once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.scheduling.fixtures import EVENINGS, may_help, tells_hours, wishes
from tutoring.community.memberships import suspensions
from tutoring.community.pauses import commands as pauses_commands
from tutoring.kernel import jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.notifications.models import Notice
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.matching import FEATURES, Weights
from tutoring.pairing.rounds import commands as rounds_commands
from tutoring.pairing.scheduling.models import Proposal, RoundLine, WeeklyRound

As = Callable[[str], FlaskClient]


def begun(world: World) -> int:
    """A round of the school with minh, who waits, and khoa, who is free."""
    wishes(world, "minh")
    tells_hours(world, "minh", "khoa")
    return worked(rounds_commands.begin_round(person(world["quang"]), world["truong"]))


def worked(round_id: int) -> int:
    while jobs.run_due():
        pass
    db.session.expire_all()
    return round_id


def row(round_id: int) -> WeeklyRound:
    db.session.expire_all()
    return db.session.get_one(WeeklyRound, round_id)


def pairs(round_id: int) -> dict[int, int | None]:
    query = sa.select(RoundLine.request_id, RoundLine.helper_id).where(RoundLine.round_id == round_id)
    return {line.request_id: line.helper_id for line in db.session.execute(query)}


def test_a_round_is_worked_out_behind_the_page(inside: World) -> None:
    request_id = wishes(inside, "minh")
    tells_hours(inside, "minh", "khoa")
    round_id = rounds_commands.begin_round(person(inside["quang"]), inside["truong"])
    assert row(round_id).state == "reading" and pairs(round_id) == {}
    assert rounds_commands.begin_round(person(inside["quang"]), inside["truong"]) == round_id  # one at a time
    worked(round_id)
    assert row(round_id).state == "ready" and pairs(round_id) == {request_id: inside["khoa"]}
    line = db.session.scalars(sa.select(RoundLine)).one()
    assert len(line.why) == 4 and line.suit > 0
    day, quarter = line.starts[0]
    assert EVENINGS[day] >> quarter & 0b111 == 0b111


def test_late_work_of_an_older_version_writes_nothing(inside: World) -> None:
    round_id = begun(inside)
    rounds_commands.run_again(person(inside["quang"]), round_id)
    assert row(round_id).state == "reading"
    jobs._outward["pairing.round"]({"round_id": round_id, "version": 1})
    assert row(round_id).state == "reading"
    assert row(worked(round_id)).state == "ready"


def test_weights_sum_to_a_hundred(inside: World) -> None:
    round_id = begun(inside)
    quang = person(inside["quang"])
    told = {name: str(getattr(Weights(), name)) for name in FEATURES}
    for wrong in ({**told, "level": "19"}, {**told, "level": "-1"}, {**told, "level": "1.5"}, {}, {**told, "time": ""}):
        with pytest.raises(InvalidInput):
            rounds_commands.set_weights(quang, round_id, wrong)
    assert row(round_id).weights == {name: int(value) for name, value in told.items()}
    rounds_commands.set_weights(person(inside["quang"]), round_id, {**told, "level": "17", "cover": "9"})
    assert row(round_id).stale and row(round_id).weights["cover"] == 9
    with pytest.raises(Conflict):
        rounds_commands.publish_round(person(inside["quang"]), round_id)


def test_pins_and_exclusions_hold_and_a_pin_against_a_rule_is_refused(inside: World) -> None:
    request_id = wishes(inside, "minh")
    may_help(inside, "quang")
    tells_hours(inside, "minh", "khoa", "hang", "quang")
    round_id = worked(rounds_commands.begin_round(person(inside["quang"]), inside["truong"]))
    first = pairs(round_id)[request_id]
    other = next(inside[name] for name in ("khoa", "hang") if inside[name] != first)

    def mark(helper_id: int, word: str) -> None:
        rounds_commands.mark_pair(person(inside["quang"]), round_id, request_id, helper_id, word)

    mark(other, "pin")
    rounds_commands.run_again(person(inside["quang"]), round_id)
    assert pairs(worked(round_id)) == {request_id: other}
    mark(other, "exclude")  # the pin goes with it
    assert row(round_id).pins == [] and row(round_id).excluded == [[request_id, other]]
    mark(first, "exclude")
    rounds_commands.run_again(person(inside["quang"]), round_id)
    assert pairs(worked(round_id))[request_id] not in {first, other}
    with pytest.raises(Conflict):
        mark(inside["mai"], "pin")  # is no helper here
    avoid(person(inside["minh"]), inside["hang"])
    with pytest.raises(InvalidInput, match="không muốn gặp"):
        mark(inside["hang"], "pin")


def test_no_round_with_pupils_is_published_while_their_place_is_paused(inside: World) -> None:
    round_id = begun(inside)
    pauses_commands.pause_minors(person(inside["quang"]), inside["truong"], "Trường đang thi")
    with pytest.raises(Conflict) as refused:
        rounds_commands.publish_round(person(inside["quang"]), round_id)
    assert refused.value.code == "paused"
    pauses_commands.resume_minors(person(inside["quang"]), inside["truong"])
    assert rounds_commands.publish_round(person(inside["quang"]), round_id).state == "published"


def test_published_twice_it_is_published_once(inside: World) -> None:
    round_id = begun(inside)
    rounds_commands.publish_round(person(inside["quang"]), round_id)
    rounds_commands.publish_round(person(inside["quang"]), round_id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1
    with pytest.raises(Conflict):
        rounds_commands.run_again(person(inside["quang"]), round_id)


def test_published_by_four_at_once_it_is_published_once(app: Flask, world: World) -> None:
    with app.app_context():
        wishes(world, "an")
        round_id = begun(world)
        assert len(pairs(round_id)) == 2
        db.session.remove()
    ready = Barrier(4)

    def publish(_n: int) -> str:
        with app.app_context():
            quang = person(world["quang"])
            ready.wait(600)
            return rounds_commands.publish_round(quang, round_id).state

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(publish, range(4))) == {"published"}
    with app.app_context():
        count = lambda query: db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))  # noqa: E731
        made = count(sa.select(Proposal.id))
        assert made == len([who for who in pairs(round_id).values() if who]) >= 1
        assert count(sa.select(AuditRow.id).where(AuditRow.action == "publish_round")) == 1
        assert count(sa.select(jobs.Job.id).where(jobs.Job.kind == "pairing.proposal")) == made
        told = sa.select(Notice.id).where(Notice.user_id == world["minh"], Notice.say.startswith("Có một người hợp"))
        assert count(told) == 1


def test_who_was_suspended_since_the_preview_is_left_out_and_it_is_told(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        round_id = begun(world)
        suspensions.suspend(person(world["quang"]), world["khoa"], "Đang xem lại một việc")
        db.session.remove()
    page = as_("quang").post(f"/rounds/{round_id}/publish", follow_redirects=True).text
    assert "1 cặp bị để lại" in page
    with app.app_context():
        assert row(round_id).dropped and db.session.scalar(sa.select(Proposal.id)) is None


def test_only_the_coordinator_of_the_unit_runs_rounds(inside: World) -> None:
    round_id = begun(inside)
    for name in ("hang", "mai", "minh", "khoa", "admin1"):
        for act in (
            lambda who: rounds_commands.begin_round(who, inside["truong"]),
            lambda who: rounds_commands.publish_round(who, round_id),
            lambda who: rounds_commands.discard_round(who, round_id),
            lambda who: rounds_commands.run_again(who, 999_999),
        ):
            with pytest.raises(NotFound):
                act(person(inside[name]))


@pytest.mark.full
def test_the_pages_of_a_round(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    with app.app_context():
        round_id = begun(world)
        db.session.remove()
    client = as_("quang")
    assert "Trường Minh Hoạ" in client.get("/rounds").text
    queries.clear()
    page = client.get(f"/rounds/{round_id}")
    assert page.status_code == 200 and "Khoa" in page.text and "Ít hợp hơn ở" in page.text
    assert len([one for one in queries if one.startswith(("SELECT", "WITH"))]) <= 21, "\n".join(queries)
    answer = client.post(f"/rounds/{round_id}/weights", data={"level": "1"}, follow_redirects=True)
    assert "số nguyên" in answer.text
    again = client.post(f"/rounds/{round_id}/pair", data={"request": "9", "helper": "9", "word": "pin"})
    assert again.location == f"/rounds/{round_id}"
    assert client.post(f"/rounds/{round_id}/discard").location == "/rounds"
    with app.app_context():
        assert db.session.get(WeeklyRound, round_id) is None
        round_id = worked(rounds_commands.begin_round(person(world["quang"]), world["truong"]))
        db.session.remove()
    told = client.post(f"/rounds/{round_id}/publish", follow_redirects=True).text
    assert "Đã công bố. Hai bên" in told
