set positional-arguments

# Everything that `.ci/run` demands beside the tests; each line stops at its first failure.
check: lint types imports sizes docs-fresh

# The formatter first: it fixes most of what the linter would say.
lint:
    ruff format --check
    ruff check

# Package and tests under the same strictness; their settings live in pyproject.toml.
types:
    mypy

# Floors point downward, siblings never meet.
imports:
    lint-imports

# Modules of at most 300 lines, rules of at most 80, a reason beside every ignore.
sizes:
    pytest -q -p no:cacheprovider -n 0 tests/architecture -m "not slow"

# Fails when a page differs from what the rules and the commands say today.
docs-fresh:
    python -m tests.docs.generate --check

# Rewrite the generated pages: docs/rules, docs/cli.md, the table of the README.
docs:
    python -m tests.docs.generate

# Write down anew, with hashes, what action.yml installs beside hfsemver: its dependencies and what builds it. Needs uv.
lock:
    (sed -n '1{/^#/p}' .github/action-requirements.txt; \
    python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires']))" \
    | uv pip compile pyproject.toml - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header) \
    > .github/action-requirements.new
    mv .github/action-requirements.new .github/action-requirements.txt

# Arguments go to pytest: just test tests/core -k version
test *args:
    pytest "$@"

# Format and mend what can be mended without thinking.
fmt:
    ruff format
    ruff check --fix

# One JSON object a benchmark; compare with the bars in benchmarks/README.md.
bench:
    for script in benchmarks/[a-z]*.py; do python "$script" || exit; done
