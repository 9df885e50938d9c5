"""Every page as it was made: no code or style of its own, scripts that find each other, and the headers of a page."""

import re

from tests.every_page.page_catalogue import ONLY, Place
from tests.web.test_hardening import faults
from tests.web.test_import_maps import LOADED, needed, with_map

EMBEDDED = {"lessons.embedded_lesson", "lessons.embedded_step"}  # in pages of others they have no scripts at all
# A dataclass or a named tuple, an object without words of its own, a row of the database.
OBJECT = re.compile(r"\b[A-Z]\w+\(\w+=|&lt;[\w.]+ object at 0x|&lt;[A-Z]\w+ \d+&gt;")
SNIFF, REFERRER = {"nosniff"}, {"same-origin", "no-referrer"}


def test_no_page_has_code_or_style_of_its_own_and_scripts_find_each_other(place: Place) -> None:
    found, wanted = list[str](), dict[tuple[str, ...], set[str]]()
    for seen, (body, sent) in place.made.items():
        page, headers = body.decode(), dict(sent)
        policy = headers["Content-Security-Policy"]
        loaded = tuple(sorted(LOADED.findall(page)))
        if loaded not in wanted:
            wanted[loaded] = needed(loaded)
        found += [f"{seen}: no address of {one}" for one in wanted[loaded] - with_map(page).keys()]
        if seen.endpoint not in EMBEDDED:
            found += [f"{seen}: {one}" for one in faults(page, policy)]
        elif "<script" in page or "script-src" in policy or not policy.startswith("default-src 'none';"):
            found += [f"{seen}: a script, or {policy}"]
        # Pages whose address is a secret tell it to nobody, not even within the site.
        for header, values in (("X-Content-Type-Options", SNIFF), ("Referrer-Policy", REFERRER)):
            found += [f"{seen}: {header} {headers.get(header)}"] if headers.get(header) not in values else []
    assert not found, "\n".join(found)
    assert ONLY != ("",) or sum(map(bool, wanted.values())) > 20  # different sets of scripts were looked at


def test_no_page_shows_how_an_object_is_written_in_python(place: Place) -> None:
    found = [
        f"{seen}: {body.decode()[max(0, one.start() - 60) : one.end() + 60]}"
        for seen, (body, _sent) in place.made.items()
        for one in OBJECT.finditer(body.decode())
    ]
    assert not found, "\n".join(found)
