"""Which tokens have which ids, and which of them are special."""
