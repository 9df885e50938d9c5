"""The demonstration community that `flask demo` builds."""
