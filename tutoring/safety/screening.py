"""The verdict on any text, wherever it is written: from private data and distress found in it.

A detector that fails holds the text; it never lets it pass. Where a person may be in danger nothing is rejected: `care`
takes precedence.
"""

import logging
import time
from collections.abc import Collection, Iterable, Sequence
from functools import partial

from tutoring.kernel import services
from tutoring.kernel.text import N_
from tutoring.safety import detector
from tutoring.safety.detector.prefilter import DISTRESS
from tutoring.safety.distress import word_weights
from tutoring.safety.distress.reading import find_danger
from tutoring.safety.findings import Hit, Verdict, strictest

log = logging.getLogger(__name__)

LONGEST = 0.020  # seconds of computing; an overrun holds (OWASP ASVS 5.0, 16.5.3: fail securely)

# A hit without a value is a request for what it names.
NEVER_KEPT = frozenset({"idno", "bank", "secret", "otp"})
MASKED = frozenset({"phone", "email", "link"}) | NEVER_KEPT
ELSEWHERE = frozenset({"handle", "address"})
REQUESTED = frozenset({"otp", "secret"})

WORDS = {
    "phone": N_("số điện thoại"),
    "idno": N_("số căn cước"),
    "otp": N_("mã xác nhận"),
    "bank": N_("số tài khoản, số thẻ"),
    "email": N_("địa chỉ thư điện tử"),
    "link": N_("đường dẫn"),
    "handle": N_("tài khoản mạng xã hội"),
    "address": N_("địa chỉ nhà"),
    "secret": N_("mật khẩu"),
    "school": N_("trường, lớp"),
    "distress": N_("điều cần người lớn giúp ngay"),
    "threat": N_("lời đe doạ"),
    "insult": N_("lời xúc phạm"),
}


_CLEAR = Verdict()


class OwnHosts:
    """The hosts of an application, whose links may be sent."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self.names = tuple(host.partition(":")[0] for host in hosts)


def is_request(hit: Hit) -> bool:
    """Whether a hit asks for a code or a password instead of telling one."""
    return hit.kind in REQUESTED and not hit.value


def disclosing_hits(hits: Iterable[Hit], kinds: Collection[str]) -> list[Hit]:
    """Returns the hits of these kinds that disclose something; a request has nothing to mask."""
    return [hit for hit in hits if hit.kind in kinds and not is_request(hit)]


def action_for(hit: Hit, minor: bool) -> str:
    """Returns the action for one hit, in a room with a minor or among adults."""
    if hit.kind == "distress":
        return "care"
    if hit.kind == "insult":
        return "refuse"
    if hit.kind == "threat":
        return "hold" if minor else "warn"
    if is_request(hit):
        return "hold" if minor else "refuse"
    if hit.kind in ELSEWHERE:
        return "hold" if minor else "warn"
    return "mask" if hit.kind in MASKED else "warn"


def screen_text(text: str, earlier: Sequence[str] = (), *, minor: bool, allowed: Sequence[str] = ()) -> Verdict:
    """Screens a text; with `minor` by the rules of a room with a minor.

    Links to this site and to the allowed hosts may be sent.
    """
    own = services.current(OwnHosts).names
    return judge(text, earlier, (*own, *allowed) if allowed else own, minor=minor)


def judge(text: str, earlier: Sequence[str], hosts: Sequence[str], *, minor: bool) -> Verdict:
    """Screens a text without an application: links to these hosts alone may be sent."""
    begun = time.perf_counter()
    try:
        hits = _found(text, earlier, hosts)
    except Exception:  # on any error the text is held: nothing is sent unscreened
        # never the text, nor a traceback, which may quote it
        log.error("the detector failed on a text of %d characters", len(text))
        return Verdict(action="hold", fault=True)
    if not hits and time.perf_counter() - begun < LONGEST:
        return _CLEAR
    if time.perf_counter() - begun > LONGEST and _computing(text, earlier, hosts) > LONGEST:
        log.error("the detector took too long over a text of %d characters", len(text))
        return Verdict(hits, strictest(["hold", *(action_for(hit, minor) for hit in hits)]), fault=True)
    return Verdict(hits, strictest(action_for(hit, minor) for hit in hits))


def _computing(text: str, earlier: Sequence[str], hosts: Sequence[str]) -> float:
    """Returns the CPU seconds for a text that took long by the wall clock.

    Other threads may have used the processor meanwhile. The text is read once more, because the CPU clock itself costs
    more than most texts.
    """
    begun = time.thread_time()
    _found(text, earlier, hosts)
    return time.thread_time() - begun


def _found(text: str, earlier: Sequence[str], hosts: Sequence[str]) -> tuple[Hit, ...]:
    """Finds private data and distress in one pass; the only place where a text is read."""
    seen = detector.run_prefilter(text, earlier)
    private = detector.scan(text, earlier, hosts, seen)
    if not seen.has_called(DISTRESS) and word_weights.is_light(seen.page.marked if seen.page else text.lower()):
        return tuple(private)
    spoken = find_danger(text, earlier, seen)
    insults = [hit for hit in spoken if hit.kind == "insult"]
    kept = [hit for hit in private if hit.kind != "secret" or not any(map(partial(_overlap, hit), insults))]
    return (*kept, *spoken)  # "đồ_ngu" is no password


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def mask_hits(text: str, hits: Iterable[Hit]) -> str:
    """Replaces each of these hits by a label of what was masked."""
    for hit in sorted(hits, key=lambda one: one.start, reverse=True):
        text = f"{text[: hit.start]}[đã che {WORDS[hit.kind]}]{text[hit.end :]}"
    return text
