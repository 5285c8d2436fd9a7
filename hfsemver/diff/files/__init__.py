"""Which files there are: weight formats by name, and what hides a pickle."""
