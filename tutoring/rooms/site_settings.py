"""Site settings of rooms, editable in the browser (`kernel/site_settings.py`)."""

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.text import N_

PICTURES = kernel_site_settings.declare(
    "pictures_in_rooms", "yes_no", True, N_("Trong phòng gửi được ảnh"),
    N_("Ảnh đã gửi vẫn còn. Tắt khi ổ đĩa gần đầy, hoặc khi có người gửi ảnh xấu."), group=N_("Phòng và tin nhắn"),
)  # fmt: skip
VOICE_NOTES = kernel_site_settings.declare(
    "voice_notes_in_rooms", "yes_no", True, N_("Trong phòng gửi được tin thoại"),
    N_("Tin thoại đã gửi vẫn còn. Tắt khi người trực không kịp nghe trước tin của học sinh."),
    group=N_("Phòng và tin nhắn"),
)  # fmt: skip
