"""What happens in inboxes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoticeAdded:
    user_id: int
