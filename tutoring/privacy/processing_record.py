"""The record of processing and the draft of an impact assessment, built from the registry.

The operator prints them, has counsel check them and files them. Every claim about the law in them is marked as
unconfirmed.
"""

from dataclasses import dataclass

from tutoring.kernel.holidays import Holiday, all_days
from tutoring.kernel.text import N_
from tutoring.privacy import personal_columns
from tutoring.privacy.data_inventory import DATA_INVENTORY
from tutoring.privacy.inventory_entries import DELETED, EMPTIED, KEPT
from tutoring.privacy.purposes import BASES, PURPOSES, Purpose

FATES = {
    DELETED: N_("xoá cả dòng"),
    EMPTIED: N_("xoá nội dung, dòng còn lại không có tên"),
    KEPT: N_("ở lại dưới dạng con số"),
}


@dataclass(frozen=True)
class Row:
    """One table with its personal columns."""

    table: str
    columns: str
    fate: str
    why: str


@dataclass(frozen=True)
class Part:
    """One purpose with all that is stored for it."""

    purpose: Purpose
    basis: str
    rows: list[Row]


def parts() -> list[Part]:
    """Returns the whole registry by purpose."""
    columns: dict[str, list[str]] = {}
    for entry in personal_columns.entries():
        columns.setdefault(entry.table, []).append(f"{entry.column} ({entry.what})")
    return [
        Part(
            purpose,
            BASES[purpose.basis],
            [
                Row(held.table, ", ".join(columns.get(held.table, ["–"])), FATES[held.fate], held.why)
                for held in DATA_INVENTORY
                if held.purpose_key == purpose.key
            ],
        )
        for purpose in PURPOSES
    ]


def unconfirmed() -> list[Holiday]:
    """Returns the days off that are only expected.

    The State has not announced them, or the operator has not read the announcement.
    """
    return [one for one in all_days() if not one.certain]


# Risks for people and their countermeasures: risk, countermeasure, and the test or document for it.
RISKS = (
    (
        N_("Người lớn xấu tiếp cận trẻ em"),
        N_("Người giúp phải được hai người bảo lãnh; phòng nào có trẻ em cũng có người trực; không nhắn riêng."),
        "docs/rooms-safety.md",
    ),
    (
        N_("Số điện thoại, địa chỉ của trẻ bị lộ trong lời nhắn"),
        N_("Lời nhắn được dò trước khi lưu; số liên lạc bị che; ảnh chờ thầy cô xem."),
        "docs/detector.md",
    ),
    (
        N_("Cơ sở dữ liệu hoặc bản sao lưu bị lấy trộm"),
        N_("Số điện thoại, email, bản gốc lời nhắn được niêm phong bằng khoá để ngoài cơ sở dữ liệu."),
        "tests/test_leaked_database.py",
    ),
    (
        N_("Nhân viên lạm quyền"),
        N_("Mã trên điện thoại; việc nặng cần hai người; mọi việc có quyền vào nhật ký không sửa được."),
        "docs/permissions.md",
    ),
    (
        N_("Dữ liệu đã xoá trở lại từ bản sao lưu"),
        N_("Sổ những tài khoản đã xoá nằm ngoài bản sao lưu; khởi động lại là xoá lần nữa."),
        "tests/privacy/test_erasure_is_complete.py",
    ),
    (
        N_("Giữ lâu hơn cần thiết"),
        N_("Mỗi đêm xoá những gì hết hạn, theo bảng trên."),
        "tutoring/privacy/retention_jobs.py",
    ),
)  # fmt: skip
