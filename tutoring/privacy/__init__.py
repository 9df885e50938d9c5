"""Data rights: inventory, access, export, erasure, breaches and the documents of the law."""
