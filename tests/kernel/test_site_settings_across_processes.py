"""A setting that one process changes is seen by the others within seconds, and so is what is undone."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from tests.forked_processes import done
from tutoring.config import Settings
from tutoring.kernel import overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.db import db
from tutoring.web.site_settings import ANNOUNCEMENT


def test_another_process_sees_a_change_within_seconds(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(overrides, "time", SimpleNamespace(monotonic=lambda: now[0]))
    settings: Settings = app.config["SETTINGS"]
    env = {
        "INSTANCE": str(tmp_path), "ORIGINS": "http://localhost", "JOBS": "0", "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key, "AUDIT_KEY": settings.audit_key, "FIELD_KEY": settings.field_key,
        "PYTHONPATH": ".",
    }  # fmt: skip
    with app.app_context():
        assert ANNOUNCEMENT() == ""  # read, and kept in mind
        db.session.remove()
        said = done("flask", "--app", "tutoring.cli", "options", "set", "announcement", "Nghỉ tối nay", "--reason", "x",
                    env=env, timeout=600)  # fmt: skip
        assert said[:2] == (0, "set\n"), said
        assert ANNOUNCEMENT() == ""  # for a moment nothing is asked
        db.session.remove()
        now[0] += overrides.FRESH
        assert overrides.FRESH <= 3 and ANNOUNCEMENT() == "Nghỉ tối nay"
        row = overrides.history(kernel_site_settings.AREA, "announcement")[0]
        assert (row.by_id, row.reason) == (None, "x")
        db.session.remove()
        told = done("flask", "--app", "tutoring.cli", "options", "list", env=env, timeout=600)[1]
        assert "announcement\t'Nghỉ tối nay'\tset, version 1" in told.split("\n")
        wrong = done("flask", "--app", "tutoring.cli", "options", "set", "silent_minutes", "99", "--reason", "x",
                     env=env, timeout=600)  # fmt: skip
        assert wrong[0] == 1 and "3" in wrong[2] and "10" in wrong[2]
