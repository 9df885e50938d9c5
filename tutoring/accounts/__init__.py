"""Accounts: users, guardians and children, consent, sign-ins."""
