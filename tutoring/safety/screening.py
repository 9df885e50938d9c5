"""What is done with a text, from what the detector finds in it and what it says of danger.

A detector that fails holds; it never lets pass. Where somebody may be in danger nothing is refused: `care` comes first.
"""

import logging
import time
from collections.abc import Collection, Iterable, Sequence
from functools import partial

from tutoring.kernel.text import N_
from tutoring.safety import detector
from tutoring.safety.detector.prefilter import DISTRESS
from tutoring.safety.distress import word_weights
from tutoring.safety.distress.reading import said
from tutoring.safety.findings import Hit, Verdict, strictest

log = logging.getLogger(__name__)

LONGEST = 0.020  # seconds of computing; an overrun holds (OWASP ASVS 5.0, 16.5.3: fail securely)

# DECISIONS "Messages". A hit without a value is a request for what it names.
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
_own: tuple[str, ...] = ()  # hosts of this site, whose links may be sent


def configure(hosts: Iterable[str]) -> None:
    """Tell which hosts are this site's own."""
    global _own
    _own = tuple(host.partition(":")[0] for host in hosts)


def is_request(hit: Hit) -> bool:
    """Whether a hit asks for a code or a password rather than telling one."""
    return hit.kind in REQUESTED and not hit.value


def disclosing_hits(hits: Iterable[Hit], kinds: Collection[str]) -> list[Hit]:
    """Those hits of these kinds that tell something; a request tells nothing that could be taken out."""
    return [hit for hit in hits if hit.kind in kinds and not is_request(hit)]


def action_for(hit: Hit, minor: bool) -> str:
    """What one hit asks for, in a room with a minor or among adults."""
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
    """The verdict on a text; with `minor` as for a room in which somebody is under 18."""
    begun = time.perf_counter()
    hosts = (*_own, *allowed) if allowed else _own
    try:
        hits = _found(text, earlier, hosts)
    except Exception:  # whatever it is, nothing goes out unread
        log.error("the detector failed on a text of %d characters", len(text))  # never the text or a traceback of it
        return Verdict(action="hold", fault=True)
    if not hits and time.perf_counter() - begun < LONGEST:
        return _CLEAR
    if time.perf_counter() - begun > LONGEST and _computing(text, earlier, hosts) > LONGEST:
        log.error("the detector took too long over a text of %d characters", len(text))
        return Verdict(hits, strictest(["hold", *(action_for(hit, minor) for hit in hits)]), fault=True)
    return Verdict(hits, strictest(action_for(hit, minor) for hit in hits))


def _computing(text: str, earlier: Sequence[str], hosts: Sequence[str]) -> float:
    """Seconds of computing for a text that took long on the clock: others may have had the processor meanwhile. It is
    read once more for that, because the clock of computing itself costs more than most texts."""
    begun = time.thread_time()
    _found(text, earlier, hosts)
    return time.thread_time() - begun


def _found(text: str, earlier: Sequence[str], hosts: Sequence[str]) -> tuple[Hit, ...]:
    """The one place where a text is read: at one glance for what should not be told and for what is said."""
    seen = detector.look(text, earlier)
    private = detector.scan(text, earlier, hosts, seen)
    if not seen.has_called(DISTRESS) and word_weights.is_light(seen.page.marked if seen.page else text.lower()):
        return tuple(private)
    spoken = said(text, earlier, seen)
    insults = [hit for hit in spoken if hit.kind == "insult"]
    kept = [hit for hit in private if hit.kind != "secret" or not any(map(partial(_overlap, hit), insults))]
    return (*kept, *spoken)  # "đồ_ngu" is no password


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def mask_hits(text: str, hits: Iterable[Hit]) -> str:
    """The text with each of these hits replaced by words that say what was taken out."""
    for hit in sorted(hits, key=lambda one: one.start, reverse=True):
        text = f"{text[: hit.start]}[đã che {WORDS[hit.kind]}]{text[hit.end :]}"
    return text
