"""The script in a repository, how it comes there, and the hooks that it hands a push on to."""
