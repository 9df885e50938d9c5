"""Hook of certificates: whose are withheld for a while."""

from typing import Any

import sqlalchemy as sa

from tutoring.kernel.hooks import Hook

# Queries of the ids of helpers whose certificates are withheld now. Only higher features know the reason.
withheld_certificates: Hook[[], sa.Select[Any]] = Hook("pairing.withheld_certificates")
