"""Sockets without a thread for each: see docs/realtime.md, "The transport"."""

from tutoring.web.transport.between import Between
from tutoring.web.transport.engine import Transport, answer
from tutoring.web.transport.gathered import together
from tutoring.web.transport.hub import Hub
from tutoring.web.transport.line import rest
from tutoring.web.transport.loop import Hands

__all__ = ["Between", "Hands", "Hub", "Transport", "answer", "rest", "together"]
