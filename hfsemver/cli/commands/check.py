"""``hfsemver check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import exit_of, strict_exit_of
from hfsemver.cli.options import KINDS, PROMISES, WEIGHTS, untagged, verdict_options
from hfsemver.cli.progress import progress
from hfsemver.policy.judge import FailOn

if TYPE_CHECKING:
    from hfsemver.reports.report import Format


@click.command(short_help="Is the version large enough for what changed?", epilog="Learn more: hfsemver explain RULE")
@click.argument("current", default=".")
@click.option(
    "--baseline", metavar="REF", help="What to compare with.  [default: the newest release tag before CURRENT]"
)
@click.option(
    "--declared", metavar="X.Y.Z", callback=untagged, help="The version to judge.  [default: the tag, then the card]"
)
@click.option("--promise", type=click.Choice(PROMISES), help="How much is promised to stay stable.")
@click.option("--kind", type=click.Choice(KINDS), help="What the repository holds.  [default: auto]")
@click.option("--weights", type=click.Choice(WEIGHTS), default="auto", help="How deep to read weights.")
@click.option("--config", metavar="FILE", envvar="HFSEMVER_CONFIG", help="Use this policy and not the baseline's.")
@click.option(
    "--fail-on", type=click.Choice([level.value for level in FailOn]), default="deny", help="From which level to fail."
)
@click.option(
    "--verify", metavar="KEY", help="Insist on a signature by this key, a PEM file, or by sigstore for an identity."
)
@click.option("--signer-identity", metavar="NAME", help="Who has to have signed, with --verify sigstore.")
@click.option("--signer-issuer", metavar="URL", help="Who has to vouch for that, with --verify sigstore.")
@click.option("--trust-config", metavar="FILE", help="The trust roots of another Sigstore than the public one.")
@click.option("--strict", is_flag=True, help="Exit with 4 when a rule could not be evaluated.")
@verdict_options
def check(
    *,
    strict: bool,
    fail_on: str,
    form: Format,
    output: str | None,
    verify: str | None,
    signer_identity: str | None,
    signer_issuer: str | None,
    trust_config: str | None,
    **options: Any,
) -> int:
    """Judge CURRENT, a folder, a git revision (@v1.2.0) or a release on the Hub (hf://org/name@v1.2.0), against the one before it."""
    # Loaded here, so that --help and --version pay for no library.
    from hfsemver.reports.report import render
    from hfsemver.workflows.check import CheckRequest, run_check
    from hfsemver.workflows.signatures import trust_of

    trust = trust_of(verify, signer_identity, signer_issuer, trust_config)
    with progress(form) as seen:
        report = run_check(CheckRequest(fail_on=FailOn(fail_on), trust=trust, **options), seen)
    emit(render(report, form), form, output)
    return strict_exit_of(report) if strict else exit_of(report)
