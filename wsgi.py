"""What a WSGI server imports: `gunicorn wsgi:app`."""

from tutoring.app import create_app
from tutoring.backups import unfinished
from tutoring.config import Settings
from tutoring.web import live

unfinished.refuse(Settings.from_environment())
app = create_app()
live.begin_beating()
