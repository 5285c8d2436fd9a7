"""Floor 4: one module a job, from a request to a result; the only place that composes the floors below."""
