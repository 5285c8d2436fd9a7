"""Making a release on a Hub: one commit, then its names, each step read back before the next."""
