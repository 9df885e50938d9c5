"""Pages where site admins and coordinators set identity providers and try them."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import absolute_url, render_form
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.openid import commands, provider_tests, queries
from tutoring.openid.blueprint import blueprint, return_address
from tutoring.openid.commands import ProviderInput
from tutoring.openid.forms import PlainForm, ProviderForm
from tutoring.openid.models import IdentityProvider
from tutoring.web.auth import require_user


def _list_address(unit_id: int | None) -> str:
    return url_for("openid.site_providers") if unit_id is None else url_for("openid.unit_providers", unit_id=unit_id)


def _list(unit: Unit | None) -> str:
    commands.check_may_set(require_user(), unit.id if unit else None)
    found = queries.providers_of(unit.id if unit else None)
    counts = queries.link_counts([one.id for one in found])
    return render_template("openid/providers.html", unit=unit, providers=found, counts=counts)


@blueprint.get("/admin/identity-providers")
def site_providers() -> str:
    return _list(None)


@blueprint.get("/units/<int:unit_id>/identity-providers")
def unit_providers(unit_id: int) -> str:
    return _list(community.unit(unit_id))


@blueprint.route("/admin/identity-providers/new", methods=["GET", "POST"])
def new_site_provider() -> Response:
    return _new(None)


@blueprint.route("/units/<int:unit_id>/identity-providers/new", methods=["GET", "POST"])
def new_unit_provider(unit_id: int) -> Response:
    return _new(community.unit(unit_id))


def _new(unit: Unit | None) -> Response:
    unit_id = unit.id if unit else None
    commands.check_may_set(require_user(), unit_id)
    return _form(ProviderForm(), unit, None)


@blueprint.route("/identity-providers/<int:provider_id>", methods=["GET", "POST"])
def edit_provider(provider_id: int) -> Response:
    return _form(*_started(provider_id))


def _started(provider_id: int, **options: Any) -> tuple[ProviderForm, Unit | None, IdentityProvider]:
    row, form = queries.provider(provider_id), ProviderForm(**options)
    commands.check_may_set(require_user(), row.unit_id)
    form.begin(row, domains=", ".join(row.domains.split()), client_secret="")
    return form, row.unit, row


def _form(form: ProviderForm, unit: Unit | None, row: IdentityProvider | None) -> Response:
    refusal: DomainError | None = None
    if form.validate_on_submit():
        typed = ProviderInput(
            form.label.data or "", (form.issuer.data or "").strip(), (form.client_id.data or "").strip(),
            (form.client_secret.data or "").strip(), form.domains.data or "", bool(form.enabled.data),
        )  # fmt: skip
        try:
            saved = commands.save_provider(require_user(), unit.id if unit else None, row.id if row else None, typed)
            flash(gettext("Đã lưu. Bấm Thử để xem máy chủ tài khoản có nhận không."), "ok")
            return redirect(url_for("openid.edit_provider", provider_id=saved.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return _page(form, unit, row, refusal)


def _page(
    form: ProviderForm, unit: Unit | None, row: IdentityProvider | None, refusal: DomainError | None = None,
    steps: list[provider_tests.Step] | None = None,
) -> Response:  # fmt: skip
    addresses = []
    if row is not None:
        addresses = [
            (gettext("Địa chỉ quay về (redirect URI)"), return_address(row)),
            (gettext("Địa chỉ đăng xuất (back-channel logout)"), absolute_url(url_for("openid.logout", code=row.code))),
        ]
    return render_form(
        "openid/provider.html", form, refusal, unit=unit, provider=row, addresses=addresses, steps=steps,
        back=_list_address(unit.id if unit else None),
    )  # fmt: skip


@blueprint.post("/identity-providers/<int:provider_id>/test")
def test_provider(provider_id: int) -> Response:
    form, unit, row = _started(provider_id, formdata=None)
    return _page(form, unit, row, steps=provider_tests.run(require_user().id, row, return_address(row)))


@blueprint.route("/identity-providers/<int:provider_id>/remove", methods=["GET", "POST"])
def remove_provider(provider_id: int) -> Response:
    row, form = queries.provider(provider_id), PlainForm()
    commands.check_may_set(require_user(), row.unit_id)
    back = _list_address(row.unit_id)
    if form.validate_on_submit():
        commands.remove_provider(require_user(), provider_id)
        flash(gettext("Đã bỏ nhà cung cấp và mọi chỗ nối với nó."), "ok")
        return redirect(back)
    count = queries.link_counts([row.id]).get(row.id, 0)
    return render_form("openid/remove_provider.html", form, provider=row, count=count, back=back)
