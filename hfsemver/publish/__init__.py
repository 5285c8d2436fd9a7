"""Floor 3: what changes a repository. Each job is a pure plan and one function that carries it out."""
