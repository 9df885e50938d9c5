"""What waits for a member of staff ("Việc cần bạn" of the start page): one source of rows for each feature."""
