"""A worker of its own process, as the thread in every server (tutoring/web/job_worker.py), on the shared clock.

python -m tests.simulation.worker CLOCK
"""

import logging
import os
import sys
import time
from pathlib import Path

from tests.simulation import planted_faults
from tests.simulation.shared_clock import SharedClock
from tutoring.app import create_app
from tutoring.config import Settings
from tutoring.kernel import clock, jobs


def main() -> None:
    shared = SharedClock(Path(sys.argv[1]))
    app = create_app(Settings.from_environment())
    planted_faults.plant(os.environ.get("LIFE_FAULT", ""))
    day = None
    while True:
        shared.take()
        worked = 0
        try:
            with app.app_context():
                if day != clock.today():
                    day = jobs.enqueue_daily_jobs()
                worked = jobs.run_due()
        except Exception:
            logging.exception("worker failed; it goes on")
        if not worked:
            time.sleep(0.02)


if __name__ == "__main__":
    main()
