"""A Hub: what it says of repositories, and releases that are read from it by range."""
