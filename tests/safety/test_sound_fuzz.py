"""Mutated sounds are encoded anew or refused, and take no process with them."""

import random
from collections.abc import Iterator

import pytest

from tests.safety.pictures import Fed, feed, mutate
from tests.safety.sounds import filmed, recorded
from tutoring.safety.sound_sanitizer import NOTES, WORKER, checked

MOST_MEMORY = 768 * 1024  # KiB
EACH = 40  # sounds for one process: its processor time is meant for one


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Returns requests with something wrong, the same ones for the same seed."""
    chance = random.Random(seed)
    kept = [recorded(0.4, 0.1), recorded(0.4, 0.1, "libopus", "ogg"), recorded(0.4, 0.1, "aac", "mp4"), filmed()]
    for _ in range(count):
        data = bytearray(chance.choice(kept))
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            mutate(data, chance, kept)
        yield chance.choice((b"NOTE", b"READ")) + bytes(data)


def fed(count: int, seed: int) -> Fed:
    """Gives mutants to workers and holds every answer to what was promised."""
    return feed(mutants(count, seed), EACH, WORKER, _judged)


def _judged(said: bytes | None) -> str:
    if said is None:
        return "died"
    if said[:1] == b"+":
        checked(said[1:], NOTES if b"ftyp" in said else WORKER)
        return "clean"
    assert said.decode() in WORKER.says
    return said.decode()


@pytest.mark.parametrize("count", [15, pytest.param(800, marks=pytest.mark.full)])
def test_mutants_are_encoded_anew_or_refused(count: int) -> None:
    found = fed(count, seed=11)
    assert sum(found.said.values()) == count and not found.said["died"]
    assert found.clean and found.said["unreadable"] and found.memory < MOST_MEMORY
