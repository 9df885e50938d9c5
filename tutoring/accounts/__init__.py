"""People: accounts, guardians and children, consent, sign-ins."""
