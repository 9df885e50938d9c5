"""What tests of the pages of neighbourhoods share."""

from collections.abc import Callable

from tutoring.accounts.models import User

Who = Callable[[str], User]
