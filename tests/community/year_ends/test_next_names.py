"""Names and years of the next school year are guessed from those of this one."""

import pytest

from tutoring.community.year_ends.next_names import grade_in, next_name, next_year
from tutoring.policy.year_ends import leaves_school


@pytest.mark.parametrize(
    ("name", "grade", "later"),
    [
        ("Lớp 4A", 4, "Lớp 5A"), ("4/2", 4, "5/2"), ("10A1", 10, "11A1"), ("Lớp 9 chọn 1", 9, "Lớp 10 chọn 1"),
        ("Hoa Mai", 1, "Hoa Mai"), ("Hoa Mai 2", 1, "Hoa Mai 2"), ("Lớp 4A", None, "Lớp 4A"),
    ],
)  # fmt: skip
def test_the_grade_in_a_name_goes_up(name: str, grade: int | None, later: str) -> None:
    assert next_name(name, grade) == later


def test_grades_and_years() -> None:
    assert [grade_in(one) for one in ("Lớp 4A", "12/1", "Lớp 2026", "Lá")] == [4, 12, None, None]
    assert next_year("2026–2027") == "2027–2028" and next_year("") == ""


def test_the_last_grade_of_a_kind_of_school_leaves() -> None:
    assert leaves_school(5, 5) and leaves_school(9, 9) and leaves_school(12, 12)
    assert not leaves_school(5, 9) and not leaves_school(4, 4) and not leaves_school(None, 9)
