"""What waits for a member of staff anywhere in the product: one source of rows for each feature."""
