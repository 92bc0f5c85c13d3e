"""One act on many dossiers: what is asked for, how far it is, what failed."""
