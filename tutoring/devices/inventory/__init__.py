"""The ledger of devices: states, moves, wiping."""
