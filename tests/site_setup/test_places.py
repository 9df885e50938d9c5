"""The official names of provinces and wards, found without accents."""

from collections import Counter

import pytest

from tutoring.kernel.errors import InvalidInput
from tutoring.site_setup.commands import class_names
from tutoring.site_setup.places import MOST_FOUND, all_wards, find_wards


def test_there_are_the_34_provinces_and_3321_wards_of_2025() -> None:
    wards = all_wards().values()
    assert len(wards) == 3321 and len({one.province_code for one in wards}) == 34
    assert Counter(one.form for one in wards) == {"xã": 2621, "phường": 687, "đặc khu": 13}
    assert Counter(one.province_form for one in {one.province: one for one in wards}.values()) == {
        "tỉnh": 28, "thành phố": 6,
    }  # fmt: skip
    assert all(len(code) == 5 and code.isdigit() for code in all_wards())


@pytest.mark.parametrize(
    "typed", ["an khanh ho chi minh", "An Khánh, Hồ Chí Minh", "phuong an khanh", "AN KHANH HO CHI"]
)
def test_a_ward_is_found_without_accents_and_by_its_province(typed: str) -> None:
    assert "Phường An Khánh" in {one.name for one in find_wards(typed) if one.province == "Thành phố Hồ Chí Minh"}


def test_wards_come_before_those_whose_province_is_called_so() -> None:
    names = [one.name for one in find_wards("hue")]
    assert 0 < len(names) <= MOST_FOUND
    own = ["Huế" in name or "Huệ" in name for name in names]
    assert own == sorted(own, reverse=True)


def test_nothing_typed_and_nothing_like_it_find_nothing() -> None:
    assert find_wards("") == find_wards("  ,. ") == find_wards("khong co noi nay") == []


def test_classes_are_read_from_lines_and_commas_with_their_grade_and_without_doubles() -> None:
    assert class_names("4A, lớp 4B\n5A;4A\n\n10 Văn") == [
        (4, "Lớp 4A"), (4, "Lớp 4B"), (5, "Lớp 5A"), (10, "Lớp 10 Văn"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["", " ,\n", "Chồi", "13A", "0A", "100A", "4A, Lá", ",".join(f"1A{n}" for n in range(61))]
)
def test_what_is_no_class_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        class_names(typed)
    assert refused.value.field == "classes"
