"""The guardian's weekly digest of a child."""
