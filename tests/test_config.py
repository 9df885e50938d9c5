"""Settings: what is unsafe is refused in one sentence."""

import logging
import os
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from tests.factories import World
from tests.forked_processes import done
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.home import demo_accounts
from tutoring.web import job_worker

GOOD = {
    "APP_ENV": "production",
    "ORIGINS": "https://hoc.example.vn",
    "SECRET_KEY": "3fT-kq9_Zr1vXw7LmPs0Yd5HbNc2Ge8J",
    "AUDIT_KEY": "Qm4x_Vt8-Rb6nZk1Wy3Lp7Sd0Hf5Jc9G",
    "FIELD_KEY": "x7Kc-2Nw_9Tq5Lz0Rv4Bm8Gp1Yd6Hs3F",
    "DATABASE_URL": "postgresql://db/cunghoc",
}


def test_a_production_environment_that_says_everything_is_taken() -> None:
    settings = Settings.from_environment(GOOD)
    assert settings.production and settings.https
    assert settings.database_url == "postgresql+psycopg://db/cunghoc"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORIGINS", ""),
        ("ORIGINS", "*"),
        ("ORIGINS", "https://*.example.vn"),
        ("ORIGINS", "null"),
        ("ORIGINS", "hoc.example.vn"),
        ("ORIGINS", "//hoc.example.vn"),
        ("ORIGINS", "ftp://hoc.example.vn"),
        ("ORIGINS", "https://hoc.example.vn/lop"),
        ("ORIGINS", "https://hoc.example.vn?x"),
        ("ORIGINS", "https://ai@hoc.example.vn"),
        ("ORIGINS", "https://hoc.example.vn:443"),
        ("ORIGINS", "https://Hoc.example.vn"),
        ("ORIGINS", "https://hoc.example.vn,https://*"),
        ("PROXIES", "-1"),
        ("ORIGINS", "http://hoc.example.vn"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("AUDIT_KEY", ""),
        ("FIELD_KEY", ""),
        ("FIELD_KEY", "s" * 40),
        ("FIELD_KEY", GOOD["AUDIT_KEY"]),
        ("SECRET_KEY", "change-me-before-you-run-this-for-real"),
        ("LIMITS_SCALE", "10"),
        ("CLOCK_SHIFT", "60"),
        ("AUDIT_MAIL", "ban@hoc.example.vn"),  # without SMTP_URL nothing would go there
        ("VAPID_KEY", "x7Kc-2Nw_9Tq5Lz0Rv4Bm8Gp1Yd6Hs3F"),  # whom should push services write to?
        ("PUSH_LOOPBACK", "1"),
        ("SMS_URL", "https://sms.example.vn/send"),  # without SMS_TOKEN anybody could speak to it
        ("SMS_URL", "http://sms.example.vn/send"),
        ("HEARTBEAT_URL", "http://monitor.example.vn/ping/1"),
        ("HEARTBEAT_URL", "https://name:word@monitor.example.vn/ping/1"),
        ("HEARTBEAT_URL", "https://localhost/ping/1"),
        ("HEARTBEAT_URL", "https://monitor.example.vn:port/"),
        ("HEARTBEAT_URL", "https:///ping/1"),
    ],
)
def test_production_refuses_what_is_unsafe(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Settings.from_environment({**GOOD, name: value})


@pytest.mark.parametrize(
    "more",
    [
        {"SMS_URL": "http://sms.example.vn/send"},
        {"SMS_URL": "https://name:word@sms.example.vn/send"},
        {"SMS_URL": "ftp://sms.example.vn"},
        {"SMS_TOKEN": "short"},
        {"SMS_PER_DAY": "0"},
        {"SMS_PER_PERSON": "-1"},
    ],
)
def test_a_gateway_is_spoken_to_in_secret_and_within_bounds(more: dict[str, str]) -> None:
    right = {**GOOD, "SMS_URL": "https://sms.example.vn/send", "SMS_TOKEN": "Qm4x_Vt8-Rb6nZk1"}
    assert Settings.from_environment(right).sms_per_day == 500
    with pytest.raises(ValueError, match="SMS_"):
        Settings.from_environment({**right, **more})


@pytest.mark.parametrize(
    "more",
    [
        {"TURN_SECRET": ""},
        {"TURN_SECRET": "short"},
        {"TURN_SECRET": "PUT-A-RANDOM-KEY-HERE"},
        {"TURN_SECRET": GOOD["SECRET_KEY"]},
        {"TURN_URLS": "https://turn.hoc.example.vn"},
        {"TURN_URLS": "turn:turn.hoc.example.vn?transport=sctp"},
        {"TURN_URLS": "turn:name:word@turn.hoc.example.vn"},
        {"STUN_URLS": "turn:turn.hoc.example.vn"},
        {"STUN_URLS": "stun:turn.hoc.example.vn, stun:"},
        {"TURN_MINUTES": "1"},
        {"TURN_MINUTES": "2000"},
    ],
)
def test_servers_of_calls_are_named_exactly_and_share_a_key_of_their_own(more: dict[str, str]) -> None:
    both = "turn:turn.hoc.example.vn:3478?transport=udp, turns:turn.hoc.example.vn:5349?transport=tcp"
    right = {**GOOD, "TURN_URLS": both, "TURN_SECRET": "Jr7vX2mQ9-Lk4Tn8_Wc1Zb6Yp3Hd5Gs0F"}
    found = Settings.from_environment({**right, "STUN_URLS": "stun:turn.hoc.example.vn:3478"})
    assert found.turn_urls == tuple(both.split(", "))
    assert found.stun_urls == ("stun:turn.hoc.example.vn:3478",)
    assert found.turn_minutes == 60
    with pytest.raises(ValueError, match=r"TURN_|STUN_"):
        Settings.from_environment({**right, **more})


def test_a_missing_folder_of_the_instance_is_named_in_one_sentence(tmp_path: Path) -> None:
    env = {**GOOD, "DATABASE_URL": "", "INSTANCE": str(tmp_path / "nowhere")}
    with pytest.raises(ValueError, match=r"^INSTANCE: there is no folder .*nowhere"):
        Settings.from_environment(env)
    (tmp_path / "nowhere").mkdir()
    assert Settings.from_environment(env).database_url.endswith("nowhere/cunghoc.db")


def test_the_command_line_says_it_without_a_traceback(tmp_path: Path) -> None:
    env = {**os.environ, **GOOD, "DATABASE_URL": "", "INSTANCE": str(tmp_path / "nowhere"), "PYTHONPATH": str(ROOT)}
    status, _out, err = done("flask", "--app", str(ROOT / "wsgi.py"), "doctor", env=env)
    assert status != 0 and "Traceback" not in err
    assert err.startswith("Error: INSTANCE: there is no folder")


@pytest.mark.parametrize("word", ["Production", "prod", "staging"])
def test_a_misspelt_environment_is_not_taken_for_a_development_machine(word: str) -> None:
    with pytest.raises(ValueError, match="APP_ENV"):
        Settings.from_environment({**GOOD, "APP_ENV": word})


@pytest.mark.parametrize(
    ("more", "loopback"),
    [
        ({}, True),
        ({"ORIGINS": "http://localhost:8000,http://[::1]:8000"}, True),
        ({"ORIGINS": "http://127.0.0.1:8000,https://hoc.example.vn"}, False),
        ({"BIND": "0.0.0.0"}, False),
    ],
)
def test_a_site_that_others_reach_is_not_ones_own_computer(
    tmp_path: Path, more: dict[str, str], loopback: bool
) -> None:
    assert Settings.from_environment({"INSTANCE": str(tmp_path), **more}).loopback is loopback


def test_the_server_tells_where_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))  # what it sets must not reach the tests after this one
    said = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["on_starting"]
    for address, bind in ((("127.0.0.1", 8000), None), ("/run/site.sock", None), (("0.0.0.0", 8000), "0.0.0.0")):
        os.environ.pop("BIND", None)
        log = SimpleNamespace(error_log=logging.getLogger("nobody"))
        said(SimpleNamespace(cfg=SimpleNamespace(address=[address]), log=log))
        assert os.environ.get("BIND") == bind


def test_keys_of_a_development_machine_are_made_once_and_kept_to_oneself(tmp_path: Path) -> None:
    env = {"INSTANCE": str(tmp_path)}
    first, second = Settings.from_environment(env), Settings.from_environment(env)
    assert first.secret_key == second.secret_key != first.audit_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_keys_may_stand_in_files(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("Jd8f_Lw3-Xk6pVz1Tq9Rb5Nm0Yc7Gs2H\n")
    env = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    assert (
        Settings.from_environment({**env, "SECRET_KEY_FILE": str(key)}).secret_key == "Jd8f_Lw3-Xk6pVz1Tq9Rb5Nm0Yc7Gs2H"
    )


def test_the_front_end_files_must_be_there(tmp_path: Path) -> None:
    settings = Settings.from_environment({"INSTANCE": str(tmp_path), "JOBS": "0"})
    empty = Settings(**{**vars(settings), "static": tmp_path})
    with pytest.raises(RuntimeError, match=r"dev\.py run"):
        create_app(empty)


@pytest.mark.parametrize(("told", "begun"), [({}, 1), ({"JOBS": "0"}, 0)])
def test_a_web_worker_without_due_work_begins_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], begun: int
) -> None:
    workers: list[object] = []
    monkeypatch.setattr(job_worker, "start", workers.append)
    made = create_app(Settings.from_environment({"INSTANCE": str(tmp_path), **told}))
    assert workers == [made] * begun


def test_production_does_not_start_on_a_demonstration(app: Flask, world: World) -> None:
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        demo_accounts.refuse_in_production(settings)
        for change in ({"production": True}, {"loopback": False}):
            with pytest.raises(RuntimeError, match="demonstration"):
                demo_accounts.refuse_in_production(Settings(**{**vars(settings), **change}))


def test_cards_are_shown_on_ones_own_computer_only(app: Flask, world: World) -> None:
    with app.app_context():
        # All but who comes with the devices of the demonstration.
        assert {one.username for one in demo_accounts.cards()} == set(demo_accounts.ROLES) - {"tam"}
    settings: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = Settings(**{**vars(settings), "production": True})
    try:
        with app.app_context():
            assert demo_accounts.cards() == []
    finally:
        app.config["SETTINGS"] = settings
