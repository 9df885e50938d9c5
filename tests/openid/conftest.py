"""A provider that runs, and this site knowing it."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import World, person
from tests.kernel.test_posting import certificate as certificate
from tests.openid.local_provider import CLIENT, SECRET, Person, Provider, running
from tutoring.accounts.models import User
from tutoring.kernel import outbound_http, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.openid import commands, proofs, provider_client
from tutoring.openid.commands import ProviderInput

Comes = Callable[..., TestResponse]


class Known(NamedTuple):
    """A provider as this site knows it."""

    id: int
    code: str

    @property
    def button(self) -> str:
        return f"/sign-in/openid/{self.code}"

    @property
    def link(self) -> str:
        return f"/account/school-accounts/{self.code}/link"

    @property
    def callback(self) -> str:
        return f"http://localhost{self.button}/callback"


@pytest.fixture(scope="module")
def running_provider(certificate: Path) -> Iterator[Provider]:
    with running(certificate) as provider:
        yield provider


@pytest.fixture
def provider(running_provider: Provider, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider without faults; its certificate is trusted here."""
    fresh = Provider(issuer=running_provider.issuer)
    running_provider.__dict__.update(fresh.__dict__)
    context = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(outbound_http.ssl, "create_default_context", lambda: context)
    return running_provider


def typed(provider: Provider, **more: object) -> ProviderInput:
    facts = {"label": "Tài khoản trường", "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET,
             "domains": "", "enabled": True} | more  # fmt: skip
    return ProviderInput(**facts)  # type: ignore[arg-type]


def allow_inside() -> None:
    kernel_site_settings.put(None, "openid_inside_hosts", ["localhost"], "for tests")
    overrides.forget()
    provider_client.forget()


@pytest.fixture
def known(app: Flask, world: World, provider: Provider) -> Known:
    """The provider, set for the whole site by admin1."""
    with app.app_context():
        allow_inside()
        found = set_for(provider, person(world["admin1"]), None)
    provider.redirects = {found.callback}
    return found


def set_for(provider: Provider, by: User, unit_id: int | None, **more: object) -> Known:
    """Has somebody set the provider for a unit or the site."""
    row = commands.save_provider(by, unit_id, None, typed(provider, **more))
    return Known(row.id, row.code)


@pytest.fixture
def linked(app: Flask, world: World, provider: Provider, known: Known) -> Known:
    """The provider; lan's account is linked to its person."""
    link(app, world["lan"], known.id, provider.person)
    return known


def link(app: Flask, user_id: int, provider_id: int, who: Person) -> int:
    """Links an account, as if the user had done so a while ago."""
    with app.app_context():
        proof = proofs.Proof(provider_id, who.sub, who.sid, "", 2**40)
        return commands.link(person(user_id), proof).id


@pytest.fixture
def comes(provider: Provider) -> Comes:
    """Goes to the provider and back in this browser; returns the answer to the return."""

    def go(client: FlaskClient, known: Known, path: str = "", back: Callable[[str], str] = str) -> TestResponse:
        away = client.get(path or known.button)
        assert away.status_code == 302, away.text
        if not away.headers["Location"].startswith(provider.issuer):
            return away
        return client.get(back(provider.visit(away.headers["Location"])))

    return go
