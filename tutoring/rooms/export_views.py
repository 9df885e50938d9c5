"""A room of adults as a file, for those who took part: what everybody there sees, and nothing else."""

from collections.abc import Iterator
from datetime import datetime

from flask import Response as StreamedResponse
from flask import stream_with_context
from flask_babel import get_locale, gettext

from tutoring.accounts.models import User
from tutoring.kernel import clock, limits
from tutoring.kernel.errors import Missing
from tutoring.policy.rooms import Facts, may_export_room
from tutoring.rooms import payloads, queries
from tutoring.rooms.models import Room
from tutoring.rooms.pages import room_title
from tutoring.rooms.routes import blueprint
from tutoring.web.signin import me


@blueprint.get("/rooms/<int:room_id>/export")
def export(room_id: int) -> StreamedResponse:
    room, known = queries.readable(me(), room_id)
    if not may_export_room(known):
        raise Missing
    limits.hit("export", me().id)
    title = room_title(room, str(get_locale()))
    answer = StreamedResponse(stream_with_context(_lines(me(), room, known, title)), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="cung-hoc-{room_id}.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _lines(viewer: User, room: Room, known: Facts, title: str) -> Iterator[str]:
    """Line by line and page by page, so that a long room costs no more memory than a short one."""
    seats = [] if room.lasts else queries.seats(room.id)
    names = ", ".join(queries.shown_name(seat.user) for seat in seats)
    yield f"\ufeff{title}\r\n{names}\r\n\r\n"  # the mark tells old programs it is UTF-8
    after, more = 0, True
    while more:
        page = queries.messages_after(room.id, after)
        for shape in payloads.all_posted_to(viewer, known, room.id, page.items):
            after = shape["seq"]
            if shape["text"] is not None or shape["picture"]:
                yield _line(shape)
        more = page.more


def _line(shape: payloads.Shape) -> str:
    at = clock.local(datetime.fromisoformat(shape["at"])).strftime("%d/%m/%Y %H:%M")
    picture = gettext("Ảnh")
    words = " ".join(part for part in (f"[{picture}]" if shape["picture"] else "", shape["text"] or "") if part)
    who = f"{shape['name']}: " if shape["name"] else ""
    return f"{at} {who}{words}\r\n".replace("\n", "\r\n").replace("\r\r\n", "\r\n")
