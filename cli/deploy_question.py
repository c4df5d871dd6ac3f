"""The question before real accounts are changed, and what a person should know when it is asked."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from cli.errors import CliError
from cli.outputs import Target, Variables

if TYPE_CHECKING:
    from environments.accounts import Clouds


class NobodyToAsk(CliError):
    """A question about real accounts, and no terminal to ask it on."""

    exit_code = 2


@dataclass(frozen=True)
class Question:
    """
    Whether to do that to the target.

    Args:
        yes: nobody is asked; what there is to know is said all the same.
    """

    target: Target
    variables: Variables = field(repr=False)
    what: str
    yes: bool

    @property
    def wanted(self) -> bool:
        """Whether somebody will be asked."""
        return not self.yes and attended()

    def ask(self, tell: Callable[[], None] = lambda: None) -> None:
        """
        Name the accounts and ask; on the local cloud there is nothing to ask.

        Args:
            tell: says what else there is to know, after the accounts and before the question.

        Raises:
            NobodyToAsk: no terminal, and no --yes.
            Unreachable: Okta or AWS does not answer, or refuses the credentials; or no region is named.
            typer.Abort: the person says no.
        """
        if self.target.on_local_cloud:
            return
        from environments.accounts import aws_account, check_okta, check_region

        _, clouds = known(self.target, self.variables)
        org, region = check_okta(clouds), check_region(clouds)
        say(f"{self.target.stack}: Okta {org}, AWS account {aws_account(clouds)}, region {region}")
        tell()
        if self.yes:
            return
        words = f"{self.what} {self.target.stack} on these accounts?"
        if not attended():
            raise NobodyToAsk(words, "the same command with --yes")
        typer.confirm(words, abort=True, err=True)


def attended() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty()


def warn(target: Target, variables: Variables) -> None:
    """Say before anything is created which groups nobody is in."""
    from environments import groups

    for text in groups.warnings(*known(target, variables)):
        say(text)


def known(target: Target, variables: Variables) -> "tuple[dict[str, Any], Clouds]":
    """The target's configuration before its first deployment, and the clouds that it leads to."""
    from environments.accounts import Clouds
    from environments.config import stack_config
    from environments.engine.environ import full_environment

    config = {**stack_config(target.root, target.base), **stack_config(target.root, target.stack)}
    return config, Clouds.of(config, full_environment(variables))


def say(text: str) -> None:
    """Tell the person what happens."""
    typer.echo(text, err=True)
