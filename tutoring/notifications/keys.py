"""What several facts call the same notice of a request, so that one settles what another told."""


def alarm(request_id: int) -> str:
    """Nobody is left to ask."""
    return f"nobody:{request_id}"


def asked_on(request_id: int) -> str:
    """It comes from somebody whom one has helped."""
    return f"asked-on:{request_id}"


def wished(request_id: int) -> str:
    """Its learner wishes for a time."""
    return f"wished:{request_id}"
