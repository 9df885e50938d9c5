"""Everything the project promises, as tests."""
