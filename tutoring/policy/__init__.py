"""Who may do what: one readable place. Functions take facts and ask no database; what is not listed is refused."""

from tutoring.policy.tables import ANYONE, ROUTES, SIGNED_IN, SOCKET_EVENTS, Access, admits

__all__ = ["ANYONE", "ROUTES", "SIGNED_IN", "SOCKET_EVENTS", "Access", "admits"]
