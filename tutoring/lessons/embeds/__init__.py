"""Lessons within the pages of other sites: sandboxed pages without cookies, and the oEmbed endpoint."""
