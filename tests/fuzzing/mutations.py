"""What bad input is made of: values of every kind, and ways to spoil a text."""

import json
import random
import string
from typing import Any

WORDS = [
    "",
    " ",
    "a",
    "0",
    "-1",
    "7",
    "07",
    "1e3",
    "٧",
    "七",
    "null",
    "true",
    "undefined",
    "NaN",
    "constructor",
    "__proto__",
    "x" * 1000,
    "x" * 1001,
    "\u202e\u200b\u200d",
    "\ud800",
    "\udfff\ud800",
    "\x00",
    "a\x00b",
    "\r\nSet-Cookie: a=b",
    "👩‍👩‍👧‍👦" * 40,
    "e\u0301" * 300,
    "\ufeff",
    "ﷺ" * 200,
    "'; DROP TABLE message;--",
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "%s%n%x",
    "../../etc/passwd",
    "..%2f..%2f",
    "file:///etc/passwd",
    "//evil.example",
    "javascript:alert(1)",
    "0912 345 678",
    "mã OTP là 123456",
    "zalo em nhé",
    "[" * 40,
    "(((((" * 60,
    "a." * 400,
    "không chín một hai ba bốn năm sáu bảy tám",
    "2026-13-45",
    "9" * 400,
    "1" * 12,
    "2147483648",
    "-2147483649",
]
NUMBERS = [0, -1, 1, 2, 3, 7, 2**31 - 1, 2**31, 2**53, 2**63, -(2**63) - 1, 10**30, 0.5, -0.0, 1e308, True, False, None]


def text(rng: random.Random) -> str:
    """A word of the list, or signs from everywhere."""
    if rng.random() < 0.7:
        return rng.choice(WORDS)
    ranges = ((0, 127), (0x300, 0x36F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0xFF00, 0xFFEF), (0x1F300, 0x1FAFF))
    return "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.choice((1, 3, 20, 200))))


def value(rng: random.Random, deep: int = 0) -> Any:
    """Any JSON value."""
    kind = rng.random()
    if kind < 0.45:
        return text(rng)
    if kind < 0.8 or deep > 5:
        return rng.choice(NUMBERS)
    if kind < 0.9:
        return [value(rng, deep + 1) for _ in range(rng.choice((0, 1, 2, 5)))]
    if kind < 0.92:
        return [0] * 3000
    return {rng.choice(WORDS[:16]): value(rng, deep + 1) for _ in range(rng.choice((0, 1, 3)))}


def spoiled(rng: random.Random, packet: str) -> str:
    """The packet with signs changed, taken out, put in, repeated or cut off."""
    at = rng.randrange(len(packet) + 1)
    way = rng.randrange(8)
    if way == 0:
        return packet[:at]
    if way == 1:
        return packet[:at] + rng.choice(string.printable) + packet[at + 1 :]
    if way == 2:
        return packet[:at] + text(rng).encode("utf-8", "replace").decode() + packet[at:]
    if way == 3:
        return packet[:at] + packet[at + rng.randint(1, 9) :]
    if way == 4:
        return packet + packet
    if way == 5:
        return rng.choice("0123456789bx") + packet[1:]
    if way == 6:
        return packet[:1] + rng.choice("0123456789/") + packet[2:]
    return rng.choice(
        ["42" + "[" * 9000, "4", "", "42" + "9" * 300 + "[]", "2probe", "3", "40", "41", "43[]", "44{}", packet[::-1]]
    )


def encoded(data: Any) -> str:
    return json.dumps(data)
