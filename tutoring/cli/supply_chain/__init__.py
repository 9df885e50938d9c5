"""Licences, bill of materials and lock files of the installed packages."""
