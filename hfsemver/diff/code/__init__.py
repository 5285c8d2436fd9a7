"""Python that comes with a release and runs in the process of whoever loads it. It is parsed here and never run."""
