"""What the columns of files are called, and files to begin with."""

from tutoring.kernel.text import N_

CALLED = {
    "units": {
        "code": N_("mã"), "kind": N_("loại"), "form": N_("hình thức"), "name": N_("tên"),
        "parent": N_("mã cấp trên"), "grade": N_("khối"), "school_year": N_("năm học"), "from": N_("từ ngày"),
    },
    "mergers": {"from": N_("mã cũ"), "into": N_("nhập vào"), "on": N_("từ ngày")},
}  # fmt: skip

# Names that are nobody's: whoever fills the file in writes over them.
SAMPLES = {
    "units": (
        "mã,loại,hình thức,tên,mã cấp trên,khối,năm học,từ ngày\r\n"
        "P-MAU,phường,,Phường Mẫu,MA-THANH-PHO,,,01/07/2027\r\n"
        "P-MAU-KP1,khu phố,,Khu phố 1,P-MAU,,,\r\n"
        "P-MAU-TH1,trường,,Trường Tiểu học Mẫu,P-MAU,,,\r\n"
        "P-MAU-TH1-4A,lớp,,Lớp 4A,P-MAU-TH1,4,2027–2028,\r\n"
    ),
    "mergers": "mã cũ,nhập vào,từ ngày\r\nP-MAU-KP2,P-MAU-KP1,01/07/2027\r\n",
}
