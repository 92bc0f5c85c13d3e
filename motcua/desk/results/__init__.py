"""Results: drafted with a preview, signed, kept in a register; and the certificates with which one signs."""
