"""Two hundred requests full of names, numbers, texts, codes and cookies: none of it stands in the log of the server."""

import json
import re
import urllib.parse
import uuid
from collections.abc import Iterator

import pytest

from tests.rooms.people import Line, http, rooms_of, sign_in
from tests.servers import Site
from tutoring.safety.detector import scan

NAME, PHONE, MAIL = "Nguyễn Thị Kim Cương", "0987 654 321", "kimcuong.bimat@example.vn"
TEXT, CODE, WORD = "Nhà em ở sau chợ Bến Thành", "KIM-CUONG-77", "mat-khau-rat-bi-mat"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        yield made.prepare().start(1)


def test_nothing_of_a_person_stands_in_the_log(site: Site) -> None:
    url, bay = site.url(), sign_in(site, "bay")
    ((one, _two),) = rooms_of(site, 1, 2)
    canaries = [
        NAME,
        PHONE,
        MAIL,
        TEXT,
        CODE,
        WORD,
        bay.cookie.partition("=")[2][:40],
        one.cookie.partition("=")[2][:40],
    ]
    asked = urllib.parse.urlencode({"q": NAME, "u": MAIL, "next": PHONE, "code": CODE})
    for n in range(12):
        http(f"{url}/lessons/search?{asked}", bay.cookie)
        http(f"{url}/sign-in?{asked}&n={n}", "session=" + WORD)
        bay.post(f"{url}/sign-in", handle=PHONE, password=WORD)
        bay.post(f"{url}/ask", topic=CODE, note=f"{TEXT}, gọi {PHONE}")
        http(f"{url}/join/{urllib.parse.quote(CODE)}?{asked}")
        http(f"{url}/account", bay.cookie, {"csrf_token": WORD, "full_name": NAME})
        http(f"{url}/nowhere/{urllib.parse.quote(NAME)}?{asked}", bay.cookie, Referer=f"{url}/?{asked}")
        http(f"{url}/reset", "", {"handle": MAIL, "code": CODE, "password": WORD})
    line = Line(one, url).open()
    line.enter()
    for text in (TEXT, PHONE, MAIL, f"mã OTP là {CODE}"):
        line.write(text)
    line.client.call(NAME, {"text": TEXT})
    line.client.call("post", {"room": PHONE, "client_id": str(uuid.uuid4()), "text": NAME})
    line.close()
    log = site.logs()
    plain = log.encode().decode("unicode_escape", "replace")
    for canary in canaries:
        for shape in (canary, urllib.parse.quote(canary), urllib.parse.quote_plus(canary), json.dumps(canary)[1:-1]):
            assert shape not in log and shape not in plain, shape
    events = [json.loads(row) for row in log.splitlines() if row.startswith("{")]
    codes = {one["what"] for one in events}
    assert {"sign_in_failed", "refused"} <= codes, codes
    # A busy machine is slow, and the log says so as a warning.
    assert all(one["level"] == "info" for one in events if one["what"] not in ("slow request", "slow query")), codes
    for row in log.splitlines():
        assert scan(row, allowed=("127.0.0.1",)) == [], row
    assert not re.search(r"\d{9,}", log)
