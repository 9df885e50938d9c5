"""Pictures of a waiting request: add, remove, copy into its room, delete at its end."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, file_storage, jobs, rate_limits
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden
from tutoring.kernel.text import N_
from tutoring.pairing.lifecycle.state_machine import lock_request
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests.commands import GROWING, lock_own_request
from tutoring.pairing.requests.models import MOST_PICTURES, RequestPicture, picture_of, pictures_of
from tutoring.policy.rooms.participation import may_add_picture
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.store import StoredPicture
from tutoring.rooms.moderation.queries import is_new
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.pictures.queries import TOO_NEW


def add_picture(user: User, request_id: int, data: bytes) -> None:
    """Cleans a picture and stores it with a waiting request.

    Only the request's own side sees it before its room opens.
    """
    _may_add(user, request_id)
    kept = pictures_commands.keep_cleaned(user, data)
    try:
        _store(user, request_id, kept)
    except BaseException:
        file_storage.delete([kept.name])
        raise


@command
def _may_add(user: User, request_id: int) -> HelpRequest:
    asked = lock_own_request(user, request_id)
    rate_limits.hit("act", user.id)
    if not may_add_picture(True, user.is_minor, user.is_minor and is_new(user.id)):
        raise Forbidden(TOO_NEW)
    if asked.stage not in GROWING:
        raise Conflict(N_("Đã có người nhận rồi. Hãy gửi ảnh trong phòng học."))
    if len(pictures_of(asked.id)) >= MOST_PICTURES:
        raise Conflict(N_("Đã đủ ba ảnh. Hãy bỏ bớt một ảnh rồi thêm ảnh khác."))
    return asked


@command
def _store(user: User, request_id: int, kept: StoredPicture) -> None:
    asked = _may_add(user, request_id)  # checked again: another page may have added one meanwhile
    db.session.add(
        RequestPicture(
            request_id=asked.id, by_id=user.id, name=kept.name, width=kept.width, height=kept.height, bytes=kept.bytes
        )
    )


@command
def remove_picture(user: User, request_id: int, picture_id: int) -> None:
    """Removes a picture from a request of the user's own side."""
    asked = lock_own_request(user, request_id)
    _forget(picture_of(asked.id, picture_id))


def _forget(row: RequestPicture) -> None:
    after_commit(file_storage.delete, [row.name])
    db.session.delete(row)


@command
def forget_pictures(request_id: int) -> None:
    """Deletes the pictures of a request that is over; the copies in its rooms stay."""
    for row in pictures_of(request_id):
        _forget(row)


@command
def bring_pictures(request_id: int, room_id: int) -> None:
    """Enqueues the copying of a request's pictures, inside the command that opened the room."""
    for row in pictures_of(request_id):
        key = f"picture:{row.id}:{room_id}"
        jobs.enqueue("pairing.picture", key, clock.now(), picture_id=row.id, request_id=request_id, room_id=room_id)


@jobs.job("pairing.picture")
def _bring(payload: dict[str, int]) -> None:
    """Posts a copy of one picture under its uploader's name, by the rules of pictures in a room."""
    asked = lock_request(payload["request_id"])
    row = db.session.scalar(sa.select(RequestPicture).where(RequestPicture.id == payload["picture_id"]))
    data = file_storage.read(row.name) if row is not None and asked.room_id == payload["room_id"] else None
    if row is None or data is None:
        return
    copy = StoredPicture(file_storage.save(data), row.width, row.height, row.bytes)
    try:
        messages_commands.post_message(
            db.session.get_one(User, row.by_id), payload["room_id"], row.client_id, "", False, copy
        )
    except DomainError:  # the room is closed already, or the uploader has no seat there
        file_storage.delete([copy.name])
