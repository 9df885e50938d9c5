"""A picture of 12 megapixels as a telephone takes it, sent into a room: how long until it stands there, and how much
memory the process takes that decodes it.

Goals: 2 s (median), 512 MiB. A page with scripts makes pictures small before it sends them; this is the other way.
"""

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.rooms.people import rooms_of
from tests.safety.pictures import encoded, feed, located, seen
from tests.servers import Site

SIZE, ROUNDS = (4000, 3000), 7
MOST_SECONDS, MOST_MIB = 2.0, 512


def pictures() -> Iterator[tuple[str, bytes]]:
    """Something with as much to it as a sheet of homework on a table has, in each of the three formats."""
    noise = Image.effect_noise(SIZE, 90).filter(ImageFilter.GaussianBlur(0.7)).convert("RGB")
    photo = Image.blend(seen(*SIZE), noise, 0.5)
    yield "JPEG", encoded(photo, "JPEG", quality=85, exif=located(6))
    yield "JPEG, progressive", encoded(photo, "JPEG", quality=85, progressive=True)
    yield "WEBP", encoded(photo, "WEBP", quality=85, method=2)
    yield "PNG", encoded(seen(*SIZE).convert("RGBA"), "PNG")  # what is no drawing is larger than is taken


def main() -> int:
    good = True
    with Site() as site:
        site.prepare().start(1)
        [[person, _other]] = rooms_of(site, 1, 2)
        url = f"{site.url()}/rooms/{person.room}/pictures"
        for kind, data in pictures():
            times = [person.send_file(url, "a.jpg", data, text="") for _ in range(ROUNDS)]
            fed = feed([data] * 3, each=1)
            middle, most = statistics.median(times), fed.memory / 1024
            good &= fed.clean == 3 and middle < MOST_SECONDS and most < MOST_MIB
            print(f"{kind:18} {len(data) / 1e6:4.1f} MB: there after {middle:4.2f} s (worst {max(times):4.2f}, goal"
                  f" {MOST_SECONDS:.0f}), at most {most:3.0f} MiB (goal {MOST_MIB})")  # fmt: skip
    print("goals:", "met" if good else "MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
