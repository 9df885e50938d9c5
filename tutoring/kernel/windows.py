"""Moving windows of counts in memory. The library's own begins a thread every ten milliseconds that looks through all
keys, which in a busy room costs more than the counting."""

import threading
import time

from limits.storage import MemoryStorage

SWEEP = 30.0  # seconds between looks for windows that are over


class Windows(MemoryStorage):
    """The library's storage, whose moving windows are rows of moments, the oldest first."""

    STORAGE_SCHEME = ["windows"]

    def __init__(self) -> None:
        super().__init__()
        self._moments: dict[str, list[float]] = {}
        self._over: dict[str, float] = {}  # when the newest of a row counts no more
        self._lock = threading.Lock()
        self._swept = time.time()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return self.take(key, limit, expiry, amount)

    def take(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count so many, unless that would be too many within the window."""
        if amount > limit:
            return False
        now = time.time()
        with self._lock:
            row = self._moments.get(key)
            if row is None:
                row = self._moments[key] = []
            at = len(row) - (limit - amount) - 1  # the moment that must have left the window
            if at >= 0 and row[at] >= now - expiry:
                return False
            row += [now] * amount
            if len(row) > 2 * limit:
                del row[:-limit]
            self._over[key] = now + expiry
            if not 0 <= now - self._swept <= SWEEP:  # or the clock was set back
                self._sweep(now)
            return True

    def _sweep(self, now: float) -> None:
        self._swept = now
        for key in [key for key, end in self._over.items() if end < now]:
            del self._over[key], self._moments[key]

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Where the window begins, and how many it holds."""
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
        """Forget everything."""
        with self._lock:
            self._moments.clear()
            self._over.clear()
        return super().reset()
