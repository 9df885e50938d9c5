"""Flask-SocketIO as its documentation has it, on gevent; with DB set each message is stored through SQLAlchemy Core.

DB=sqlite:///FILE gunicorn -k gevent -w 1 -b 127.0.0.1:PORT flask_stock:app
"""

import os

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent", cors_allowed_origins="*")
store = None

if url := os.environ.get("DB"):
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    meta = sa.MetaData()
    room_table = sa.Table(
        "room", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("last_seq", sa.Integer)
    )
    seat_table = sa.Table(
        "seat", meta, sa.Column("room", sa.Integer, primary_key=True), sa.Column("who", sa.Text, primary_key=True)
    )
    message_table = sa.Table(
        "message",
        meta,
        sa.Column("room", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("who", sa.Text),
        sa.Column("client_id", sa.Text),
        sa.Column("text", sa.Text),
        sa.UniqueConstraint("room", "who", "client_id"),
    )
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def pragmas(raw, _record):
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
                raw.execute(f"PRAGMA {pragma}")

    meta.drop_all(engine)
    meta.create_all(engine)
    with engine.begin() as begun:
        begun.execute(sa.insert(room_table), [{"id": number, "last_seq": 0} for number in range(1, 201)])

    def sit(room, who):
        with engine.begin() as connection:
            connection.execute(sa.insert(seat_table), {"room": room, "who": who})

    def store(room, who, client_id, text):
        with engine.begin() as connection:
            here = sa.select(seat_table.c.who).where(seat_table.c.room == room, seat_table.c.who == who)
            if connection.scalar(here) is None:
                return None
            grown = (
                sa.update(room_table)
                .where(room_table.c.id == room)
                .values(last_seq=room_table.c.last_seq + 1)
                .returning(room_table.c.last_seq)
            )
            seq = connection.scalar(grown)
            row = {"room": room, "seq": seq, "who": who, "client_id": client_id, "text": text}
            connection.execute(sa.insert(message_table), row)
            return seq


@socketio.on("enter")
def enter(data):
    join_room(f"room:{data['room']}")
    if store:
        sit(int(data["room"]), request.sid)
    return {"ok": True}


@socketio.on("post")
def post(data):
    text = data.get("text")
    if not isinstance(text, str) or not 0 < len(text) <= 1000:
        return {"ok": False}
    seq = store(int(data["room"]), request.sid, data["client_id"], text) if store else 0
    if seq is None:
        return {"ok": False}
    emit("posted", {**data, "seq": seq}, to=f"room:{data['room']}")
    return {"ok": True, "seq": seq}
