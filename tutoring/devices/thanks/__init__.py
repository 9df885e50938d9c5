"""Thanks of families to donors."""
