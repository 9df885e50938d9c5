"""Pages of needs: to ask, and the order in which needs are met."""
