"""What can be wrong with an identity provider or its answer, each with what to do next."""

from tutoring.kernel.errors import DomainError
from tutoring.kernel.text import N_

GOOGLE = "https://accounts.google.com"  # the issuer of accounts of all kinds, so a school names its domains


class ProviderFault(DomainError):
    """The provider does not answer, or its answer does not hold. `code` names the check, for the log and for tests."""

    status = 502
    default_code = "provider"
    default_say = N_("Chưa đăng nhập được bằng tài khoản trường. Hãy thử lại, hoặc đăng nhập bằng mật khẩu.")
