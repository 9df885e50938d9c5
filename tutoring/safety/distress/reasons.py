"""Messages shown to the sender of a text with danger, a threat or an insult."""

from tutoring.kernel.text import N_

REASONS = {
    "distress": N_(
        "Lời này nói tới chuyện nguy hiểm với bạn hoặc với người khác. "
        "Hãy gọi 111, hoặc nói ngay với một người lớn bạn tin."
    ),
    "threat": N_("Lời này đe doạ người khác. Nếu hai bên đang có chuyện, hãy báo thầy cô."),
    "insult": N_("Lời này xúc phạm người khác. Hãy sửa lại rồi gửi. Nếu bạn bị xúc phạm trước, hãy bấm Báo."),
}
