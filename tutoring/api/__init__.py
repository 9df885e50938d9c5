"""The API for programs of others: tokens, the description of `/api/v1`, and its answers."""
