"""A guardian's yes on the child's own phone, with the guardian's own password."""

from tutoring.accounts import passwords, tries
from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian, user
from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid, Missing
from tutoring.kernel.text import N_
from tutoring.pairing.commands import answer_as_guardian
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.queries import request


def answer(child: User, request_id: int, guardian_id: int, password: str, word: str, address: str) -> HelpRequest:
    """The same as `answer_as_guardian`, for somebody who proves to be the guardian here and now."""
    asked = request(request_id)
    if asked.learner_id != child.id or not is_guardian(guardian_id, child.id):
        raise Missing
    guardian = user(guardian_id)
    if guardian.state != "active":
        raise Missing
    limits.check("sign_in_address", address)
    origin = tries.place(address)  # the same row of tries as on the sign-in page
    tries.begin(guardian.id, origin, False, [guardian.id])
    if not passwords.verify(guardian.password_hash, password):
        tries.failed(guardian.id, False)
        limits.hit("sign_in_address", address)
        raise Invalid(N_("Mật khẩu của ba mẹ chưa đúng. Hãy thử lại."), field="password")
    tries.right(guardian.id, origin)
    return answer_as_guardian(guardian, request_id, word)
