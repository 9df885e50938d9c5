"""The private notebook of real dossiers."""
