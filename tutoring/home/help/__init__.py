"""Help pages and the guided tour as they stand in content/help: read, checked and handed out. Pure but for files."""
