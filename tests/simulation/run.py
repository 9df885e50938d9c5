"""Live for a while and judge it, with the environment of a prepared site; the clock goes on by MINUTES.

    python -m tests.simulation.run PEOPLE HOURS KILLS SEED MINUTES [FAULT]

Prints one line of JSON: what the oracle found, and the figures.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from deploy.gateways.receiver import ACCEPTED, Message
from tests.fake_services import MailServer, PushService, running
from tests.simulation import database_reader
from tests.simulation.evidence import Evidence
from tests.simulation.oracle import judge
from tests.simulation.population import Someone, equip, populate
from tests.simulation.shared_clock import SharedClock
from tests.simulation.simulation import Life, Workers
from tests.sms_adapter import Adapter, serve
from tutoring.app import create_app
from tutoring.config import Settings
from tutoring.kernel import clock
from tutoring.notifications.channels.push.channel import new_key

TOKEN = "a token for rehearsals, long enough"


def saturday() -> datetime:
    """The next Saturday, six in the morning: a Sunday with its weekly letters lies in between."""
    day = clock.today() + timedelta(days=(5 - clock.today().weekday()) % 7 or 7)
    return datetime(day.year, day.month, day.day, 6, 0, tzinfo=clock.LOCAL)


def main() -> None:
    people, hours, kills, seed, minutes = map(int, sys.argv[1:6])
    fault = sys.argv[6] if len(sys.argv) > 6 else ""
    began, dice, folder = time.monotonic(), random.Random(seed), Path(os.environ["INSTANCE"])
    shared, start = SharedClock(folder / "clock"), saturday()
    mail, push = MailServer(shared.now), PushService(shared.now)
    gateway = _Gateway(TOKEN, folder / "texts.jsonl", shared)
    with ExitStack() as stack:
        stack.enter_context(running(mail.server))
        stack.enter_context(running(push.server))
        sms = stack.enter_context(running(serve(gateway)))
        env = {
            **os.environ, "JOBS": "0", "SMTP_URL": mail.url, "MAIL_FROM": "hoc@hoc.example.vn", "PUSH_LOOPBACK": "1",
            "VAPID_KEY": new_key()[0], "VAPID_SUBJECT": "mailto:a@hoc.example.vn", "SMS_URL": f"http://{sms}/send",
            "SMS_TOKEN": TOKEN, "SMS_PER_PERSON": "1000", "SMS_PER_DAY": "100000", "LIMITS_SCALE": "100000",
        }  # fmt: skip
        app = create_app(Settings.from_environment(env))
        shared.set(start - timedelta(hours=1))
        with app.app_context():
            database_reader.watch()
            there = populate(people, dice)
            equip(there, dice, push)
        troubles = _troubles(there, dice, mail, push, gateway)
        workers = Workers(folder / "clock", {**env, "LIFE_FAULT": fault}, folder / "workers.log")
        mail.taken, push.taken = partial(workers.taken, "mail"), partial(workers.taken, "push")
        gateway.taken = partial(workers.taken, "sms", int(sms.rpartition(":")[2]))
        # SQLite is for one process: there the driver stands for its pages, and one more for its worker.
        workers.start(2 if env.get("DATABASE_URL") else 1)
        life = Life(app, there, shared, workers, dice, timedelta(minutes=minutes))
        busy = max(people, 80) / 200 * minutes / 10
        ready = time.monotonic()
        try:
            ends = start + timedelta(hours=hours)
            half = start + timedelta(hours=hours / 2)
            life.run(start, half, kills // 2, busy)
            mail.busy.clear()  # whoever was busy takes letters again
            for name in troubles["busy_phones"]:
                push.answers.pop(name, None)
            life.run(half, ends, kills - kills // 2, busy)
            life.rest(ends, ends + timedelta(hours=26))
        finally:
            workers.stop()
        with app.app_context():
            seen = Evidence(
                life, mail, push, gateway.told, shared.now(), late=minutes * 180.0 + 900.0, step=minutes * 60.0,
                began=start.timestamp(), rests=ends.timestamp(), mended=half.timestamp(), **troubles,  # type: ignore[arg-type]
            )  # fmt: skip
            verdict = judge(seen)
    figures = {
        **verdict.figures, "kills": dict(workers.kills), "deeds": dict(life.deeds), "refusals": dict(life.refusals),
        "steps that did not come to rest": life.restless,
        "seconds to make": round(ready - began, 1), "seconds": round(time.monotonic() - ready, 1),
    }  # fmt: skip
    print(json.dumps({"faults": verdict.faults, "figures": figures}, ensure_ascii=False))


def _troubles(
    people: dict[int, Someone], dice: random.Random, mail: MailServer, push: PushService, gateway: Adapter
) -> dict[str, frozenset[object]]:
    """Some addresses do not work, some not for half of the time."""
    boxes = [one for one in people.values() if one.mail]
    phones = [phone.name for one in people.values() for phone in one.phones if len(one.phones) == 1]
    numbers = [one for one in people.values() if one.number]
    some = max(1, len(people) // 25)
    dice.shuffle(boxes)
    dice.shuffle(phones)
    dice.shuffle(numbers)
    bad, busy = boxes[:some], boxes[some : 2 * some]
    mail.refused |= {one.mail for one in bad}
    mail.busy |= {one.mail for one in busy}
    push.answers.update(dict.fromkeys(phones[:some], 410) | dict.fromkeys(phones[some : 2 * some], 503))
    gateway.refused |= {one.number for one in numbers[: max(1, some // 2)]}
    return {
        "bad_mail": frozenset(one.id for one in bad), "busy_mail": frozenset(one.id for one in busy),
        "bad_phones": frozenset(phones[:some]), "busy_phones": frozenset(phones[some : 2 * some]),
        "bad_numbers": frozenset(one.id for one in numbers[: max(1, some // 2)]),
    }  # fmt: skip


class _Gateway(Adapter):
    """The example, with the moment at which each message came."""

    def __init__(self, token: str, file: Path, shared: SharedClock) -> None:
        super().__init__(token, file, check_time=False)
        self.shared, self.told = shared, list[dict[str, object]]()
        self.taken: Callable[[], None] = lambda: None

    def take(self, headers: Any, body: bytes) -> int:
        status = super().take(headers, body)
        if 200 <= status < 300 and json.loads(body)["kind"] == "notice":
            self.taken()  # before it is answered
        return status

    def hand_on(self, message: Message) -> int:
        status = super().hand_on(message)
        if status == ACCEPTED:
            self.told.append({**message, "at": self.shared.now()})
        return status


if __name__ == "__main__":
    main()
