"""What rooms do when somebody is called otherwise: everybody there sees it; who is muted keeps the name."""

from tutoring.accounts.events import NameChanged
from tutoring.accounts.names.commands import keep_name_while
from tutoring.kernel.events import on
from tutoring.rooms.messages.name_changes import is_silenced, tell_new_name

keep_name_while(is_silenced)


@on(NameChanged)
def rooms_see_it(event: NameChanged) -> None:
    tell_new_name(event.user_id, event.before, event.after)
