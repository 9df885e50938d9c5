"""A page as the documentation of Flask, Flask-SQLAlchemy and Jinja has it: five ORM queries and some 37 kB of HTML.

No sign-in, no translation, no headers of its own: the least that a page with a database costs.
"""

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ROWS = 20


class Base(DeclarativeBase):
    """The tables of the plain application."""


db = SQLAlchemy(model_class=Base)


class Reader(Base):
    """Who reads the page."""

    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]


class Course(Base):
    """A list that is the same for all."""

    __tablename__ = "course"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]


class Booking(Base):
    """A list of the reader's own."""

    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("reader.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    title: Mapped[str]


class News(Base):
    """The newest come first."""

    __tablename__ = "news"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]


PAGE = """{% macro card(title, text, href) -%}
<li class="card"><h3><a href="{{ href }}">{{ title }}</a></h3><p>{{ text }}</p></li>
{%- endmacro -%}
<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{{ reader.name }}</title></head><body>
<nav><a href="{{ url_for('page') }}">{{ reader.name }}</a> {{ unread }}</nav><main><h1>{{ reader.name }}</h1>
<h2>A</h2><ul>{% for one in courses %}{{ card(one.title, one.text, url_for('course', id=one.id)) }}{% endfor %}</ul>
<h2>B</h2><ul>{% for one in bookings %}{{ card(one.title, "", url_for('course', id=one.course_id)) }}{% endfor %}</ul>
<h2>C</h2><ul>{% for one in news %}{{ card(one.title, one.text, url_for('course', id=one.id)) }}{% endfor %}</ul>
</main></body></html>"""


def make(url: str) -> Flask:
    """The application with its rows in the empty database at this address."""
    app = Flask("plain")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.jinja_loader = DictLoader({"page.html": PAGE})
    db.init_app(app)

    @app.get("/courses/<int:id>")
    def course(id: int) -> str:
        return db.session.get_one(Course, id).title

    @app.get("/")
    def page() -> str:
        reader = db.session.scalars(db.select(Reader).where(Reader.token == "t7")).one()
        mine = Booking.reader_id == reader.id
        return render_template(
            "page.html",
            reader=reader,
            unread=db.session.scalar(db.select(db.func.count()).select_from(Booking).where(mine)),
            courses=db.session.scalars(db.select(Course).order_by(Course.title).limit(ROWS)).all(),
            bookings=db.session.scalars(db.select(Booking).where(mine).order_by(Booking.id).limit(ROWS)).all(),
            news=db.session.scalars(db.select(News).order_by(News.id.desc()).limit(ROWS)).all(),
        )

    with app.app_context():
        db.create_all()
        text = "Mở đường dẫn thầy cô gửi, bấm vào lớp & chờ. " * 12
        for number in range(1, 4 * ROWS):
            db.session.add(Reader(id=number, token=f"t{number}", name=f"Người học {number}"))
            db.session.add(Course(id=number, title=f"Bài {number:03}", text=text))
            db.session.add(News(id=number, title=f"Tin {number}", text=text))
        db.session.flush()
        for number in range(1, 4 * ROWS):
            db.session.add(Booking(reader_id=7, course_id=number, title=f"Buổi học số {number}"))
        db.session.commit()
        db.session.remove()
    return app
