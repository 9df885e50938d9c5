"""A gateway of short messages for tests: each message that it hands on is a line of a file.

python -m tests.sms_adapter PORT TOKEN FILE
"""

import json
import sys
from pathlib import Path

from deploy.gateways.receiver import ACCEPTED, Message, Receiver, serve

__all__ = ["Adapter", "serve"]


class Adapter(Receiver):
    """What was taken is in `file`; `refused` are numbers that take no messages."""

    def __init__(self, token: str, file: Path, *, check_time: bool = True) -> None:
        super().__init__(token, Path(f"{file}.taken"), check_time=check_time)
        self.file = file
        self.refused: set[str] = set()

    def hand_on(self, message: Message) -> int:
        if message["to"] in self.refused:
            return 422  # do not try again
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(message, ensure_ascii=False) + "\n")
        return ACCEPTED


if __name__ == "__main__":
    serve(Adapter(sys.argv[2], Path(sys.argv[3])), int(sys.argv[1])).serve_forever()
