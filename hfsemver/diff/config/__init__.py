"""What the configuration says: each changed key, normalised, in exactly one group; and what generation starts from."""
