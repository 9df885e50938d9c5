"""While modules are imported and tests are collected nothing is thrown away; looking for it takes a fifth of that time.

`tests/conftest.py` imports this before anything else.
"""

import gc

gc.disable()


def over() -> None:
    """All is collected: garbage is looked for again."""
    gc.enable()
