"""Help pages and the guided tour from content/help: loaded and checked, file access only."""
