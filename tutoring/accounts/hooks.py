"""Hooks of accounts: panels on account pages, and what other features know about a name.

Higher features register here, because they know memberships, cases and mutes.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tutoring.accounts.models import User
from tutoring.kernel.hooks import Hook


class Panel(NamedTuple):
    """A template that a page includes, with the variable `facts` for it."""

    template: str
    facts: Mapping[str, object] = {}


account_panels: Hook[[User], Panel] = Hook("accounts.account_panels")  # on the user's own account page
sign_in_panels: Hook[[], Panel] = Hook("accounts.sign_in_panels")  # other ways to sign in, on the page of sign-in
child_panels: Hook[[User], Panel] = Hook("accounts.child_panels")  # on a child's page, for the guardian

rename_blocks: Hook[[int], bool] = Hook("accounts.rename_blocks")  # whether a user may not change the name now
staff_names: Hook[[int], Collection[str]] = Hook("accounts.staff_names")  # names of staff around a user
