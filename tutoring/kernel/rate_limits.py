"""Rate limits: fixed rules by name, counted in memory or in Redis.

While Redis does not answer, each process counts for itself; no request is delayed or rejected because of it.

`Windows` holds moving windows in memory. The library's own storage starts a thread every ten milliseconds that scans
all keys, which in a busy room costs more than the counting.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter
from redis.exceptions import RedisError

from tutoring.kernel import services
from tutoring.kernel.errors import RateLimited

SWEEP = 30.0  # seconds between scans for expired windows


class Windows(MemoryStorage):
    """In-memory storage whose moving windows are lists of timestamps, the oldest first."""

    STORAGE_SCHEME = ["windows"]

    def __init__(self) -> None:
        super().__init__()
        self._moments: dict[str, list[float]] = {}
        self._over: dict[str, float] = {}  # when the newest entry of a list expires
        self._lock = threading.Lock()
        self._swept = time.time()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return self.take(key, limit, expiry, amount)

    def take(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Counts `amount` hits, unless the window would exceed its limit."""
        if amount > limit:
            return False
        now = time.time()
        with self._lock:
            row = self._moments.get(key)
            if row is None:
                row = self._moments[key] = []
            at = len(row) - (limit - amount) - 1  # the timestamp that must have left the window
            if at >= 0 and row[at] >= now - expiry:
                return False
            row += [now] * amount
            if len(row) > 2 * limit:
                del row[:-limit]
            self._over[key] = now + expiry
            if not 0 <= now - self._swept <= SWEEP:  # or the clock was set back
                self._sweep(now)
            return True

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Counts in a fixed window. The library's own method starts a thread at each count, to remove old windows."""
        now = time.time()
        with self._lock:
            if self.expirations.get(key, 0) <= now:
                self.storage[key] = 0
                self.expirations[key] = now + expiry
            self.storage[key] += amount
            if not 0 <= now - self._swept <= SWEEP:  # or the clock was set back
                self._sweep(now)
            return self.storage[key]

    def _sweep(self, now: float) -> None:
        self._swept = now
        for key in [key for key, end in self._over.items() if end < now]:
            del self._over[key], self._moments[key]
        for key in [key for key, end in self.expirations.items() if end <= now]:
            del self.expirations[key]
            self.storage.pop(key, None)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Returns the start of the window and the number of hits in it."""
        now = time.time()
        with self._lock:
            held = [moment for moment in self._moments.get(key, ())[-limit:] if moment >= now - expiry]
        return (held[0], len(held)) if held else (now, 0)

    def clear(self, key: str) -> None:
        super().clear(key)
        with self._lock:
            self._moments.pop(key, None)
            self._over.pop(key, None)

    def reset(self) -> int | None:
        """Drops all counts."""
        with self._lock:
            self._moments.clear()
            self._over.clear()
        return super().reset()


log = logging.getLogger(__name__)
T = TypeVar("T")

# The rates of docs/safety.md: per user unless the key says otherwise.
RULES: dict[str, tuple[str, ...]] = {
    "sign_in_account": ("5 per 15 minutes",),  # per account and origin: an address or a known browser
    # failed sign-ins per account, from all unknown origins together
    "sign_in_strangers": ("40 per hour", "200 per day"),
    "sign_in_address": ("1000 per 15 minutes",),  # failed sign-ins: a whole school signs in behind one address
    "tries_told": ("1 per day",),
    "second_factor": ("5 per 15 minutes", "40 per day"),  # per account
    "set_up_link": ("20 per 15 minutes",),  # per address: opening the link of the set-up, right or wrong
    "key_part": ("10 per 15 minutes",),  # per administrator: typing back the end of the key of backups
    "handover_number": ("5 per 15 minutes",),  # per handover of a device
    "register_code": ("120 per hour",),  # per code: two classes and their parents
    "register": ("2000 per hour",),  # per address: a whole school registers behind one
    "code_guess": ("20 per 15 minutes",),  # wrong codes of an address; right ones are still accepted
    "code_flood": ("600 per 15 minutes",),  # from here on right codes are rejected too, or guessing would cost nothing
    "reset": ("5 per hour",),
    "reset_address": ("60 per hour",),
    "reset_mail": ("3 per hour",),
    "reset_mail_address": ("30 per hour",),
    "openid_address": ("600 per 15 minutes",),  # returns from identity providers: a whole school behind one address
    "openid_test": ("30 per hour",),  # tests of a provider's settings
    "email_ask": ("5 per hour", "10 per day"),
    "email_ask_address": ("3 per hour", "5 per day"),  # mails to one address, from all users together
    "sms_code": ("3 per day",),  # per user and per number
    "sms_guess": ("5 per 15 minutes",),
    "push_on": ("20 per hour",),
    "search": ("40 per minute",),
    "search_address": ("400 per minute",),  # a whole class may share one address
    "useful_address": ("120 per minute", "1200 per hour"),  # a whole class may share one address
    "knock": ("120 per minute",),  # attempts to post, also repeats of a stored message
    "post": ("8 per 10 seconds", "300 per hour"),
    # New users write more slowly: enough for a conversation, too little for a flood.
    "post_new": ("4 per 10 seconds", "25 per minute", "200 per hour"),
    "appeal": ("20 per hour",),
    "edit": ("30 per hour",),
    "react": ("60 per minute",),
    "export": ("10 per hour",),
    "picture": ("10 per hour",),
    "picture_megabytes": ("50 per day",),
    "voice_note": ("5 per minute", "40 per hour"),
    "recording": ("30 per minute", "1000 per day"),
    "mark": ("30 per minute",),
    "typing": ("30 per minute",),
    "enter": ("30 per minute",),
    "catch_up": ("60 per minute",),
    "follow": ("60 per minute",),
    "call": ("60 per minute",),
    "call_ask": ("6 per minute", "60 per hour"),
    "signal": ("60 per 10 seconds", "240 per minute"),  # per user: two browsers exchange signals in a burst
    "suggest": ("6 per 10 minutes",),
    "connect": ("30 per minute",),
    "ask": ("10 per hour",),
    "class_work": ("40 per hour", "120 per day"),  # works set and letters published by one person
    "circle": ("20 per hour",),  # questions and answers among parents
    "claim": ("60 per hour",),
    "session": ("20 per day",),
    "sign_up": ("60 per hour",),
    "group_post": ("20 per hour",),
    "group_task": ("60 per hour",),
    "quiz": ("6 per hour",),  # per lesson
    "acknowledgement": ("120 per minute",),  # per address
    "paper": ("20 per hour",),
    # per address: a school office checks a class's certificates behind one
    "verify": ("60 per minute", "600 per hour"),
    "device_offer": ("30 per hour",),
    "device_story": ("30 per minute", "200 per hour"),  # per address: the history of a device, behind a code
    "voucher": ("20 per hour",),  # codes that a user opens
    "sponsor": ("60 per minute", "600 per hour"),  # per address: reports that sponsors read
    "feed": ("60 per hour",),  # per private calendar feed: clients fetch a few times a day
    "token": ("240 per minute",),  # requests by one token of the API
    "token_make": ("20 per day",),
    "webhook_make": ("20 per day",),  # addresses that one person connects
    "webhook_send": ("30 per hour",),  # tests and repeats by one person
    "draft": ("60 per minute",),
    "scan": ("1 per day",),  # per browser and sheet, under a marker of that day
    "report": ("10 per hour",),  # reports of danger are never limited
    "report_address": ("20 per hour",),
    # numbers at a ward's desk: per address (all phones there share one), wrong codes of a browser, an address, a queue,
    # numbers by phone and on the screen at the door of a queue
    "queue_draw_address": ("60 per hour", "300 per day"),
    "queue_code_browser": ("10 per 15 minutes",),
    "queue_code": ("60 per 15 minutes",),
    "queue_code_unit": ("200 per hour",),
    "queue_draw": ("80 per 10 minutes",),
    "queue_screen": ("120 per 10 minutes",),
    "rehearsed": ("60 per hour",),  # uploads of runs that a device stored offline
    "act": ("120 per minute",),
    # All HTTP requests: far more than people send, far less than a flood.
    "read": ("600 per minute",),
    "write": ("120 per minute",),
    "read_address": ("6000 per minute",),  # anonymous requests; a whole school shares one address
    "write_address": ("1200 per minute",),
}
_COARSE = frozenset({"read", "write", "read_address", "write_address"})  # fixed windows: one counter per minute each

_PATIENCE = 0.2  # timeout of one Redis call, in seconds; after a timeout each process counts for itself
_PAUSE = 1.0  # seconds between checks whether Redis answers again


# Counts one hit in each of several moving windows, as the library does in one. The rules alternate.
_EACH = """
local now, rules, counted = tonumber(ARGV[1]), (#ARGV - 1) / 2, {}
for i, key in ipairs(KEYS) do
    local rule = 2 * ((i - 1) % rules) + 2
    local limit, expiry = tonumber(ARGV[rule]), tonumber(ARGV[rule + 1])
    local entry = redis.call('lindex', key, limit - 1)
    if entry and tonumber(entry) >= now - expiry then
        counted[i] = 0
    else
        redis.call('lpush', key, ARGV[1])
        redis.call('ltrim', key, 0, limit - 1)
        redis.call('expire', key, expiry)
        counted[i] = 1
    end
end
return counted
"""


def _rule(name: str, scale: int) -> tuple[RateLimitItem, ...]:
    """Returns the limits of a rule."""
    return _parsed(RULES[name], scale)


@cache
def _parsed(texts: tuple[str, ...], scale: int) -> tuple[RateLimitItem, ...]:
    items = [parse(text) for text in texts]
    return tuple(type(one)(one.amount * scale, one.multiples, namespace=one.namespace) for one in items)


def _keys(name: str, scale: int) -> list[tuple[RateLimitItem, str, str, int]]:
    """Returns the rule's limits, each with its key prefix, key suffix and expiry in seconds."""
    return _named(name, _rule(name, scale))


@cache
def _named(name: str, items: tuple[RateLimitItem, ...]) -> list[tuple[RateLimitItem, str, str, int]]:
    parted = [(item, *item.key_for(name, "\0").partition("\0")) for item in items]
    return [(item, before, after, item.get_expiry()) for item, before, _key, after in parted]


class _Counting:
    """A storage with both ways of counting: moving and fixed windows."""

    def __init__(self, storage: Any, scale: int) -> None:
        self.storage, self._scale = storage, scale
        self.moving, self.by_minute = MovingWindowRateLimiter(storage), FixedWindowRateLimiter(storage)
        if isinstance(storage, RedisStorage):
            redis: Any = storage.get_connection()
            self._each = redis.register_script(_EACH)

    def of(self, name: str) -> Any:
        return self.by_minute if name in _COARSE else self.moving

    def each(self, names: Sequence[str], keys: list[str]) -> list[list[RateLimited | None]]:
        if not isinstance(self.storage, RedisStorage):
            return [[self._hit_here(name, key) for name in names] for key in keys]
        # The same as the library's own script, for all keys in one call: five calls a message were its largest cost.
        now, named = time.time(), [one for name in names for one in _keys(name, self._scale)]
        ats = [self.storage.prefixed_key(before + key + after) for key in keys for _item, before, after, _for in named]
        weights = [part for item, _before, _after, expiry in named for part in (item.amount, expiry)]
        try:
            said = iter(self._each(keys=ats, args=[now, *weights]))
        except RedisError as error:
            raise StorageError(error) from error
        counted = [[{item: next(said) for item in _rule(name, self._scale)} for name in names] for _key in keys]
        return [
            [self._refusal(name, key, one.get) for name, one in zip(names, found, strict=True)]
            for key, found in zip(keys, counted, strict=True)
        ]

    def _hit_here(self, name: str, key: str) -> RateLimited | None:
        for item, before, after, expiry in _keys(name, self._scale):
            if not self.storage.take(before + key + after, item.amount, expiry):
                return _too_many(item, name, [key])
        return None

    def _refusal(self, name: str, key: str, counted: Callable[[RateLimitItem], object]) -> RateLimited | None:
        over = (item for item in _rule(name, self._scale) if not counted(item))
        return next((_too_many(item, name, [key]) for item in over), None)


_SET_BACK = 5.0  # seconds; a smaller step is a normal clock correction


class RateLimits:
    """Where an application's hits are counted: in Redis under its prefix, or in memory of its own.

    `scale` multiplies every rate (load tests only).
    """

    def __init__(self, redis_url: str | None, scale: int = 1, prefix: str = "cunghoc") -> None:
        self.scale = scale
        self.here = self.common = _Counting(Windows(), scale)
        self.answers = threading.Event()  # set while the common storage answers
        self.answers.set()
        self._before = time.time() - time.monotonic()
        if redis_url:
            address = f"redis+{redis_url}" if redis_url.startswith("unix:") else redis_url
            patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
            options: dict[str, Any] = {"key_prefix": f"{prefix}-limits", "wrap_exceptions": True, **patience}
            self.common = _Counting(storage_from_string(address, **options), scale)

    def count(self, count: Callable[[_Counting], T]) -> T:
        """Counts in the common storage, or in this process while Redis does not answer.

        When the clock was set back, all counts are cleared. Otherwise every user would be blocked for as long as it was
        set back by.
        """
        if self._clock_went_back():
            log.warning("the clock was set back: counts begin anew")
            self.clear()
        if self.answers.is_set():
            try:
                return count(self.common)
            except StorageError as error:
                self._silent(error)
        return count(self.here)

    def clear(self) -> None:
        """Clears all counts."""
        self.here.storage.reset()
        self.count(lambda counting: counting.storage.reset())

    def _clock_went_back(self) -> bool:
        """Whether the clock was set back since the last call: timestamps are then in the future."""
        before, self._before = self._before, time.time() - time.monotonic()
        return before - self._before > _SET_BACK

    def _silent(self, error: Exception) -> None:
        if not self.answers.is_set():
            return
        self.answers.clear()
        log.warning("Redis does not count: %s", type(error).__name__)
        threading.Thread(target=self._ask, name="counts", daemon=True).start()

    def _ask(self) -> None:
        while not self.common.storage.check():
            time.sleep(_PAUSE)
        self.answers.set()


def shared() -> bool:
    """Whether Redis counts, as far as is known."""
    return services.current(RateLimits).answers.is_set()


def hit(name: str, *key: object) -> None:
    """Counts one hit under the rule; raises RateLimited with the seconds to wait."""
    spend(1, name, *key)


def hit_each(name: str, keys: Sequence[object]) -> list[RateLimited | None]:
    """Counts one hit for each key, in one call where counts are shared.

    Returns a RateLimited for each key over its limit. Not for the rules of pages.
    """
    return [refusal for (refusal,) in hit_each_of((name,), keys)]


def hit_each_of(names: Sequence[str], keys: Sequence[object]) -> list[list[RateLimited | None]]:
    """The same under several independent rules: returns the result of each rule for each key."""
    if not keys:
        return []
    return services.current(RateLimits).count(lambda counting: counting.each(names, [str(key) for key in keys]))


def spend(amount: int, name: str, *key: object) -> None:
    """Counts an action by its weight instead of as one hit."""
    limits, parts = services.current(RateLimits), [str(part) for part in key]
    for item in _rule(name, limits.scale):
        if not limits.count(lambda counting, item=item: counting.of(name).hit(item, name, *parts, cost=amount)):  # type: ignore[misc]
            raise _too_many(item, name, parts)


def check(name: str, *key: object) -> None:
    """Raises RateLimited if one more hit would be too many, without counting one."""
    limits, parts = services.current(RateLimits), [str(part) for part in key]
    for item in _rule(name, limits.scale):
        if not limits.count(lambda counting, item=item: counting.moving.test(item, name, *parts)):  # type: ignore[misc]
            raise _too_many(item, name, parts)


def _too_many(item: RateLimitItem, name: str, parts: list[str]) -> RateLimited:
    limits = services.current(RateLimits)
    reset = limits.count(lambda counting: counting.of(name).get_window_stats(item, name, *parts).reset_time)
    return RateLimited(retry_after=max(1, round(reset - time.time())))


def forget(name: str, *key: object) -> None:
    """Clears a count: a right passphrase ends the series of wrong ones."""
    limits, parts = services.current(RateLimits), [str(part) for part in key]
    for item in _rule(name, limits.scale):
        limits.count(lambda counting, item=item: counting.moving.clear(item, name, *parts))  # type: ignore[misc]


def clear() -> None:
    """Clears all counts (tests)."""
    services.current(RateLimits).clear()
