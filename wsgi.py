"""What a WSGI server imports: `gunicorn wsgi:app`."""

from tutoring.app import create_app

app = create_app()
