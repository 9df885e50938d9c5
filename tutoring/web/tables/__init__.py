"""Tables of staff pages: what an address asks for, heads and filters with their addresses, files for spreadsheets."""
