"""People's rights over their data: what is held and why, seeing, taking along, erasing; breaches; papers."""
