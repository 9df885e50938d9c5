"""The test of an identity provider's settings: each step with what is wrong and what to do."""

from dataclasses import dataclass, field
from typing import Any

from tutoring.kernel import rate_limits
from tutoring.kernel.text import N_
from tutoring.openid import provider_client
from tutoring.openid.errors import ProviderFault
from tutoring.openid.models import IdentityProvider

_FOUND = N_("Máy chủ trả lời và xưng đúng địa chỉ.")
_KEYS = N_("Có khoá để kiểm tra chữ ký.")
_CLIENT = N_("Máy chủ nhận mã ứng dụng và khoá bí mật.")
_NO_CLIENT = N_("Chưa có mã ứng dụng. Đăng ký hai địa chỉ ở dưới với nhà cung cấp, rồi ghi mã vào đây.")


@dataclass(frozen=True)
class Step:
    """One step of the test; `say` is a msgid."""

    holds: bool
    say: str
    params: dict[str, Any] = field(default_factory=dict)


def run(actor_id: int, provider: IdentityProvider, redirect_uri: str) -> list[Step]:
    """Runs the steps until one fails: the configuration, the keys, the client. Raises RateLimited."""
    rate_limits.hit("openid_test", actor_id)
    provider_client.forget()  # what was fetched before must not hide a fault of now
    steps = []
    try:
        found = provider_client.configuration(provider.issuer)
        steps.append(Step(True, _FOUND))
        provider_client.keys(provider.issuer)
        steps.append(Step(True, _KEYS))
        if not provider.client_id:
            return [*steps, Step(False, _NO_CLIENT)]
        provider_client.check_client(found, provider.client_id, provider.client_secret or "", redirect_uri)
        steps.append(Step(True, _CLIENT))
    except ProviderFault as fault:
        steps.append(Step(False, fault.say, fault.params))
    return steps
