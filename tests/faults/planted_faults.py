"""The product with a fault put into it on purpose: what a blind oracle would not see. PLANT names the fault."""

import os
import threading
import time
import uuid
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import BATCHES, Caller
from tutoring.web.transport.room_manager import RoomManager

Data = dict[str, Any]
LATER = 5.0  # seconds from the acknowledgement to the commit; a kill that follows the last one finds it not stored
EVERY = 4  # of so many messages one is stored twice


def _acknowledged_before_it_is_stored() -> None:
    waiting: SimpleQueue[tuple[float, int, Data]] = SimpleQueue()
    newest: dict[int, int] = {}
    lock = threading.Lock()

    def store() -> None:
        while True:
            at, user_id, data = waiting.get()
            time.sleep(max(0.0, at - time.monotonic()))
            with app.app_context():
                messages_commands.post_message(
                    db.session.get_one(User, user_id), int(data["room"]), data["client_id"], data["text"]
                )

    def post(caller: Caller, data: Data) -> Data:
        room_id = int(data["room"])
        with lock:
            if room_id not in newest:
                newest[room_id] = queries.readable_room(caller.user, room_id)[0].last_seq
            newest[room_id] += 1
            waiting.put((time.monotonic() + LATER, caller.user.id, data))
            return {"seq": newest[room_id], "status": "sent"}

    threading.Thread(target=store, daemon=True).start()
    _instead(post)


def _stored_twice() -> None:
    def post(caller: Caller, data: Data) -> Data:
        room_id, text = int(data["room"]), data["text"]
        message = messages_commands.post_message(caller.user, room_id, data["client_id"], text)
        seq = message.seq
        if seq % EVERY == 0:
            messages_commands.post_message(caller.user, room_id, str(uuid.uuid4()), text)
        return {"seq": seq, "status": "sent"}

    _instead(post)


def _not_pushed() -> None:
    deliver = RoomManager.deliver

    def others(self: RoomManager, texts: Sequence[str], rooms: Sequence[str]) -> None:
        if kept := [text for text in texts if '"posted"' not in text]:
            deliver(self, kept, rooms)

    RoomManager.deliver = others  # type: ignore[method-assign]


def _instead(post: Any) -> None:
    BATCHES.pop("post", None)
    realtime.EVENT_HANDLERS["post"] = post, "knock"


PLANTS = {"early": _acknowledged_before_it_is_stored, "twice": _stored_twice, "silent": _not_pushed}
PLANTS[os.environ["PLANT"]]()

from wsgi import app  # noqa: E402  (the plant comes first)
