"""Another helper continues a request."""
