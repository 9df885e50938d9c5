"""The provinces and wards of Viet Nam by their official names and codes, found without accents."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from tutoring.kernel.text import contains_words, search_text, words

FILE = Path(__file__).with_name("places.tsv")
NAMES_OF = date(2025, 7, 1)  # the day from which these names hold
MOST_FOUND = 12


@dataclass(frozen=True)
class OfficialWard:
    """A ward, commune or special zone; codes are those of the General Statistics Office."""

    code: str
    name: str
    province_code: str
    province: str
    row: str  # folded words of both names

    @property
    def form(self) -> str:
        return _form(self.name, ("Đặc khu", "Phường", "Xã"))

    @property
    def province_form(self) -> str:
        return _form(self.province, ("Thành phố", "Tỉnh"))


def _form(name: str, known: tuple[str, ...]) -> str:
    return next((one.lower() for one in known if name.startswith(f"{one} ")), "")


@lru_cache(maxsize=1)
def all_wards() -> dict[str, OfficialWard]:
    """Returns all wards by code, in the order of the file: by province, then by code."""
    found: dict[str, OfficialWard] = {}
    province = ("", "")
    for line in FILE.read_text("utf-8").splitlines():
        code, sign, name = line.partition("\t")
        if not sign or line.startswith("#"):
            continue
        if len(code) == 2:
            province = (code, name)
        else:
            found[code] = OfficialWard(code, name, *province, search_text(f"{name} {province[1]}"))
    return found


def find_wards(typed: str) -> list[OfficialWard]:
    """Returns at most `MOST_FOUND` wards whose name and province hold these words; the last may be unfinished.

    Wards that are called by the words come before those whose province is.
    """
    looked_for = words(typed)
    if not looked_for:
        return []
    hits = [one for one in all_wards().values() if contains_words(one.row, looked_for)]
    return sorted(hits, key=lambda one: not contains_words(search_text(one.name), looked_for))[:MOST_FOUND]
