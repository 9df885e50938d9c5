"""Events of certificates of volunteer hours."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CertificateIssued:
    """A helper has a certificate that unauthenticated clients can verify."""

    paper_id: int
    helper_id: int


@dataclass(frozen=True)
class CertificateRevoked:
    """A certificate was revoked.

    `why` is own, guardian, coordinator, consent or changed (minutes on it were removed).
    """

    paper_id: int
    helper_id: int
    why: str
