"""Pictures: taken in, cleaned, kept, posted as messages; and forgotten when their time is over.

What is slow or outlives a transaction happens around it: a picture is cleaned and its file written first, then the
message is stored like every other. A file whose message did not come about is removed at once, or the next night.
"""

from collections.abc import Callable, Collection
from datetime import datetime, time, timedelta
from typing import Any

from tutoring.accounts.models import User
from tutoring.kernel import clock, files, jobs, limits
from tutoring.kernel.commands import after_commit, command, in_command
from tutoring.kernel.db import db
from tutoring.rooms import pictures as reads
from tutoring.rooms.commands.lines import Kept
from tutoring.rooms.commands.messages import plain_text, post_message, refuse_silent
from tutoring.rooms.models import Message
from tutoring.rooms.queries import readable, sent_before
from tutoring.safety.pictures import clean

KEPT_AFTER_REMOVAL = timedelta(days=30)
SWEEP_AT = time(3, 10, tzinfo=clock.LOCAL)
FRESH = 24 * 3600  # seconds in which a file may still be waiting for its row
MIB = 1024 * 1024


def take_picture(
    author: User, room_id: int, client_id: str, data: bytes, caption: str = "", confirm: bool = False
) -> Message:
    """Take in a picture as it was sent and post it; the same client id again gives the first answer."""
    found, known = readable(author, room_id)
    if isinstance(client_id, str) and sent_before(room_id, author.id, client_id):
        return post_message(author, room_id, client_id, caption, confirm)
    refuse_silent(found, author, known)
    reads.waits_here(author, found, known)
    plain_text(caption, bare=True)
    kept = keep_cleaned(author, data)
    try:
        return _post(author, room_id, client_id, caption, confirm, kept)
    except BaseException:
        files.drop([kept.name])
        raise


def keep_cleaned(author: User, data: bytes) -> Kept:
    """Clean a picture as it was sent and keep its file; whoever asked drops it where nothing comes of it."""
    if in_command():
        raise RuntimeError("cleaning a picture takes too long for a transaction")
    limits.hit("picture", author.id)
    limits.spend(1 + len(data) // MIB, "picture_megabytes", author.id)
    db.session.rollback()  # the database waits for nobody's picture
    picture = clean(data)
    return Kept(files.keep(picture.data), picture.width, picture.height, len(picture.data))


@command
def _post(author: User, room_id: int, client_id: str, caption: str, confirm: bool, kept: Kept) -> Message:
    made = post_message(author, room_id, client_id, caption, confirm, kept)
    if made.picture is None or made.picture.name != kept.name:  # the same id came by another way first
        after_commit(files.drop, [kept.name])
    _sweep_later()
    return made


@command
def follow_picture(room_id: int, seq: int) -> None:
    """Note when a message's picture was taken away from everybody, or given back."""
    row = reads.of_message(room_id, seq)
    if row is None:
        return
    picture, status = row
    if status != "hidden":
        picture.removed_at = None
    elif picture.removed_at is None:
        picture.removed_at = clock.now()


# ---- forgetting ------------------------------------------------------------------------------------------


Names = Callable[[Collection[str]], Collection[str]]
_names: list[Names] = []


def keep_named(asks: Names) -> None:
    """Register whose files lie beside those of rooms: `asks(names)` gives those of these that still belong to
    something."""
    _names.append(asks)


Keeps = Callable[[], Collection[int]]
_keeps: list[Keeps] = []


def keep_while(asks: Keeps) -> None:
    """Register who still needs the pictures of some rooms: `asks()` gives the ids of these rooms."""
    _keeps.append(asks)


def _sweep_later() -> None:
    today = clock.today()
    at = datetime.combine(today, SWEEP_AT)
    if at <= clock.now():
        at += timedelta(days=1)
    jobs.due("rooms.pictures", f"rooms.pictures:{at.date()}", at)


@jobs.job("rooms.pictures")
def _sweep(_payload: dict[str, Any]) -> None:
    """Forget what was taken away long enough ago, and files that belong to nothing."""
    needed = {room_id for asks in _keeps for room_id in asks()}
    old = reads.removed_before(clock.now() - KEPT_AFTER_REMOVAL, needed)
    after_commit(files.drop, [picture.name for picture in old])
    for picture in old:
        db.session.delete(picture)
    db.session.flush()
    for names in files.older_than(FRESH):
        files.drop(reads.unknown(names).difference(*(asks(names) for asks in _names)))
    if reads.any_at_all():
        _sweep_later()
