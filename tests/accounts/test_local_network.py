"""A site over plain HTTP in a school's network: which addresses it takes, and that minors wait for a written yes."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import phrase, said, sign_in
from tests.factories import World
from tests.swapped import swapped
from tutoring.accounts.sign_ins.local_network import Encryption
from tutoring.config import Settings
from tutoring.kernel import overrides
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db

KEYS = {name: f"the {name[0]} of this test, a phrase with letters" for name in ("SECRET_KEY", "AUDIT_KEY", "FIELD_KEY")}
INSIDE = ("http://192.168.1.10:8000", "http://hoc.lan", "http://hoc.home.arpa", "http://[fd00::1]")
PUBLIC = ("http://hoc.truong.edu.vn", "http://8.8.8.8", "http://lan", "http://hoc.lan.vn")


def settings(folder: Path, origins: str, **more: str) -> Settings:
    env = {"APP_ENV": "production", "INSTANCE": str(folder), "ORIGINS": origins, "BIND": "0.0.0.0", **KEYS, **more}
    return Settings.from_environment(env)


@pytest.mark.parametrize("origin", INSIDE)
def test_inside_a_network_plain_http_must_be_asked_for(tmp_path: Path, origin: str) -> None:
    with pytest.raises(ValueError, match="needs https"):
        settings(tmp_path, origin)
    assert settings(tmp_path, origin, LOCAL_NETWORK="1").local_network


@pytest.mark.parametrize("origin", PUBLIC)
def test_a_public_address_never_goes_without_a_certificate(tmp_path: Path, origin: str) -> None:
    with pytest.raises(ValueError, match="own network only"):
        settings(tmp_path, origin, LOCAL_NETWORK="1")
    assert settings(tmp_path, origin.replace("http:", "https:"), LOCAL_NETWORK="1").https


def test_minors_sign_in_only_when_an_administrator_accepts_it_in_writing(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    admin, page = as_("admin1"), "/admin/settings/minors_over_http"
    with swapped(app, encryption=Encryption(False)):
        for name in ("an", "khoa"):
            refused = sign_in(app.test_client(), name, phrase(app, name))
            assert refused.status_code == 403 and "chưa có mã hoá" in said(refused), name
        assert sign_in(app.test_client(), "lan", phrase(app, "lan")).status_code == 302
        assert admin.post(page, data={"value": "1", "reason": "", "version": "0"}).status_code == 422
        accepted = {"value": "1", "reason": "Hiệu trưởng quyết định", "version": "0"}
        assert admin.post(page, data=accepted).status_code == 302
        overrides.forget()
        assert sign_in(app.test_client(), "an", phrase(app, "an")).status_code == 302
    with app.app_context():
        row = db.session.scalars(sa.select(AuditRow).where(AuditRow.target.like("%minors_over_http%"))).one()
        assert row.actor_id == world["admin1"] and row.reason == "Hiệu trưởng quyết định"


def test_with_a_certificate_minors_sign_in_as_ever(app: Flask, world: World) -> None:
    assert sign_in(app.test_client(), "an", phrase(app, "an")).status_code == 302
