"""A program: does what is due in the database of a test. Told "dies", it stops in an alarm, until it is killed."""

import sys
import time
from typing import Any

from tutoring.app import create_app
from tutoring.config import Settings
from tutoring.kernel import jobs
from tutoring.moderation.cases import deadlines

announce = deadlines.publish


def and_no_more(event: Any) -> None:
    announce(event)  # everybody is told, and nothing is committed yet
    print("alarmed", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    app = create_app(Settings.from_environment())
    if sys.argv[1] == "dies":
        deadlines.publish = and_no_more
    with app.app_context():
        while jobs.run_due():
            pass
