"""One file per derivation that is no scheme's, found by scanning this folder."""
