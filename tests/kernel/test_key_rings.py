"""Keys are changed while the site runs: older ones open, the newest seals, and nothing is lost on the way."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.swapped import alone, swapped
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.models import User
from tutoring.accounts.queries import find_by_name_typed
from tutoring.accounts.registration import create_user
from tutoring.cli import keys
from tutoring.config import Settings
from tutoring.kernel import audit, encryption
from tutoring.kernel.audit import AuditKey, AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.database import sealed_columns
from tutoring.kernel.db import db
from tutoring.kernel.encryption import DecryptionError, FieldKey
from tutoring.moderation.models import Evidence
from tutoring.web.signed_tokens import token, value
from tutoring.welfare import queries as welfare
from tutoring.welfare.commands import disclose

OLD, NEW, NEWER = (f"{word} key of a test with enough letters" for word in ("the first", "a second", "one more"))
KEYS = {
    "SECRET_KEY": "a key for tests alone, long enough",
    "AUDIT_KEY": "another key for tests, long enough",
    "FIELD_KEY": "a third key for tests, and long enough",
}
SITE = KEYS["FIELD_KEY"]  # under which the application of the tests seals


def settings(tmp_path: Any, **more: str) -> Settings:
    return Settings.from_environment({"INSTANCE": str(tmp_path), **KEYS, **more})


def test_the_first_key_seals_and_all_open() -> None:
    with alone(FieldKey(OLD)):
        before = encryption.encrypt("số kín", "here")
        mark = encryption.blind_index("0912", "phone")
    with alone(FieldKey(NEW, OLD, index=OLD)):
        after = encryption.encrypt("số kín", "here")
        assert encryption.decrypt_with_age(before, "here") == ("số kín", 1)
        assert encryption.decrypt_with_age(after, "here") == ("số kín", 0)
        assert encryption.blind_index("0912", "phone") == mark
        with pytest.raises(DecryptionError):
            encryption.decrypt(before, "there")
    with alone(FieldKey(NEW, index=OLD)), pytest.raises(DecryptionError):
        encryption.decrypt(before, "here")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"FIELD_KEY_FALLBACKS": NEW}, "needs INDEX_KEY"),
        ({"FIELD_KEY_FALLBACKS": "short", "INDEX_KEY": NEW}, "32 characters"),
        ({"FIELD_KEY_FALLBACKS": f"{NEW}\n{NEW}", "INDEX_KEY": NEW}, "twice"),
        ({"SECRET_KEY_FALLBACKS": f"{KEYS['AUDIT_KEY']}\n"}, "another"),
        ({"INDEX_KEY": "short"}, "INDEX_KEY is"),
    ],
)
def test_a_ring_that_would_lose_something_is_refused_at_the_start(
    tmp_path: Any, more: dict[str, str], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        settings(tmp_path, **more)


def test_older_keys_come_one_a_line_or_after_commas_or_from_a_file(tmp_path: Any) -> None:
    one, two = "x" * 8 + "abcdefghijklmnopqrstuvwxyz", "y" * 8 + "abcdefghijklmnopqrstuvwxyz"
    told = {"INDEX_KEY": one}
    assert settings(tmp_path, FIELD_KEY_FALLBACKS=f"{one}, {two}", **told).field_key_fallbacks == (one, two)
    (tmp_path / "older").write_text(f"{NEW}\n{OLD}\n")
    found = settings(tmp_path, FIELD_KEY_FALLBACKS_FILE=str(tmp_path / "older"), **told)
    assert found.field_key_fallbacks == (NEW, OLD)


def test_every_column_that_looks_sealed_is_one(app: Flask) -> None:
    known = {one.name for one in sealed_columns.sealed_columns()}
    looks = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sealed") or (table.name, column.name) == ("second_factor", "pending")
    }
    assert looks == known and len(known) > 20


def wrote(world: World) -> dict[str, Any]:
    """Sealed values of each kind of place."""
    made = command(create_user)("Người Có Số", "bốn từ dễ nhớ", handle="0912 345 678")
    secret = second_factor.begin(made)
    disclose(person(world["minh"]), "feedback", "Ở nhà em bị đánh", ())
    return {"user": made.id, "secret": secret}


def check(facts: dict[str, Any]) -> None:
    db.session.expire_all()
    user = db.session.get_one(User, facts["user"])
    assert user.phone == "+84912345678" or user.phone == "0912345678"
    assert [one.id for one in find_by_name_typed("0912345678")] == [user.id]
    assert second_factor.begin(user) == facts["secret"]
    found = db.session.scalars(sa.select(welfare.Disclosure)).one()
    assert found.sealed is not None
    assert "bị đánh" in encryption.decrypt(found.sealed, welfare.encryption_context(found.id))


def rotated(app: Flask) -> str:
    """What the command says; it must end well."""
    result = app.test_cli_runner().invoke(keys.rotate)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_site_changes_its_key_while_people_write_and_nothing_is_lost(app: Flask, world: World) -> None:
    ends, written = threading.Event(), dict[int, str]()

    def people() -> None:
        with app.app_context():
            for number in range(10_000):
                phone = f"09{number:08d}"
                written[command(create_user)("Người Mới", "bốn từ dễ nhớ", handle=phone).id] = phone
                if ends.is_set() and number > 20:
                    return

    with app.app_context():
        facts = wrote(world)
    with swapped(app, field_key=FieldKey(NEW, SITE, index=SITE)):
        writer = threading.Thread(target=people)
        writer.start()
        try:
            said = rotated(app)
        finally:
            ends.set()
            writer.join()
        assert "user.phone_sealed" in said and "second_factor.pending" in said and "disclosure.sealed" in said
        assert "sealed anew" not in rotated(app)
    with swapped(app, field_key=FieldKey(NEW, index=SITE)), app.app_context():  # the old key is gone
        check(facts)
        for user_id, phone in written.items():
            assert [one.id for one in find_by_name_typed(phone)] == [user_id]
            assert (db.session.get_one(User, user_id).phone or "")[-8:] == phone[-8:]
        assert all(set(sealed_columns.count_keys(one)) <= {0} for one in sealed_columns.sealed_columns())


def test_a_value_that_changes_in_between_is_not_overwritten(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        facts = wrote(world)
    phones = next(one for one in sealed_columns.sealed_columns() if one.name == "user.phone_sealed")
    read = sealed_columns._number

    def changed_after_reading(of: Any, row: Any) -> int:
        found = read(of, row)
        if row.id == facts["user"]:
            with db.engine.begin() as other:
                newest = encryption.encrypt("0987654321", "user.phone")
                other.execute(
                    sa.text('UPDATE "user" SET phone_sealed = :v WHERE id = :id'), {"v": newest, "id": row.id}
                )
        return found

    with swapped(app, field_key=FieldKey(NEW, SITE, index=SITE)), app.app_context():
        monkeypatch.setattr(sealed_columns, "_number", changed_after_reading)
        list(sealed_columns.reseal(phones))
        db.session.expire_all()
        assert db.session.get_one(User, facts["user"]).phone == "0987654321"


def test_it_goes_on_where_it_was_stopped(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_columns, "BATCH", 2)
    phones = next(one for one in sealed_columns.sealed_columns() if one.name == "user.phone_sealed")
    with app.app_context():
        for number in range(5):
            command(create_user)("Người Mới", "bốn từ dễ nhớ", handle=f"091234567{number}")
        with swapped(app, field_key=FieldKey(NEW, SITE, index=SITE)):
            assert next(sealed_columns.reseal(phones)) > 0  # and then the machine stops
            found = sealed_columns.count_keys(phones)
            assert found[0] and found[1]
            assert sum(sealed_columns.reseal(phones)) == found[1]
            assert set(sealed_columns.count_keys(phones)) == {0}


def test_status_says_what_is_still_needed(app: Flask, world: World) -> None:
    def status(key: FieldKey, *older: str) -> tuple[int, str]:
        before = app.config["SETTINGS"]
        app.config["SETTINGS"] = replace(before, field_key_fallbacks=older)
        try:
            with swapped(app, field_key=key):
                result = app.test_cli_runner().invoke(keys.status)
            return result.exit_code, result.output
        finally:
            app.config["SETTINGS"] = before

    with app.app_context():
        wrote(world)
    assert status(FieldKey(SITE))[0] == 0
    code, said = status(FieldKey(NEW, SITE, index=SITE), SITE)
    assert code == 1 and "older key 1" in said and "keys rotate" in said
    code, said = status(FieldKey(NEW, SITE))
    assert code == 1 and "INDEX_KEY is missing" in said
    code, said = status(FieldKey(NEW, index=SITE))
    assert code == 1 and "open with no key" in said
    with swapped(app, field_key=FieldKey(NEW, SITE, index=SITE)):
        rotated(app)
    code, said = status(FieldKey(NEW, SITE, index=SITE), SITE)
    assert code == 0 and "can be emptied" in said


# ---- the chain of acts -----------------------------------------------------------------------------------------------


@command
def act(name: str) -> None:
    audit.record(None, name, "user:1")


def test_the_chain_goes_on_under_a_new_key_and_an_old_one_adds_nothing(app: Flask) -> None:
    site = KEYS["AUDIT_KEY"]
    with app.app_context():
        act("create_admin")
        with swapped(app, audit_key=AuditKey(NEW, site)):
            act("read_log")
            assert audit.verify().broken_at is None
            assert audit.broken_lately(db.session.connection(), 10, audit.current_key()) is None
            with swapped(app, audit_key=AuditKey(site)):  # a thief of the old key goes on with the chain
                act("look_up")
            last = db.session.scalars(sa.select(sa.func.max(AuditRow.id))).one()
            assert audit.verify().broken_at == last
            assert audit.broken_lately(db.session.connection(), 10, audit.current_key()) == last
        with swapped(app, audit_key=AuditKey(NEW)):
            assert audit.verify().broken_at == 1


# ---- sessions and links ----------------------------------------------------------------------------------------------


def test_sessions_and_links_hold_over_a_change_of_the_secret_key(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, before = as_("minh"), app.config["SETTINGS"]
    with app.app_context():
        link = token("a purpose", 7)
    changed = replace(before, secret_key=NEWER, secret_key_fallbacks=(before.secret_key,))
    monkeypatch.setitem(app.config, "SETTINGS", changed)
    monkeypatch.setitem(app.config, "SECRET_KEY", changed.secret_key)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", list(changed.secret_key_fallbacks))
    assert client.get("/account").status_code == 200
    with app.app_context():
        assert value("a purpose", link) == 7 and token("a purpose", 7) != link
    monkeypatch.setitem(app.config, "SETTINGS", replace(changed, secret_key_fallbacks=()))
    with app.app_context(), pytest.raises(ValueError, match="not signed here"):
        value("a purpose", link)


def test_the_application_tells_flask_of_older_keys(app: Flask) -> None:
    assert app.config["SECRET_KEY_FALLBACKS"] == [] and Evidence.__table__.c.sealed.info["sealed"] == "case:{case_id}"
