"""The appointments of a user as a page, a file and a feed."""
