"""What a registry office says of people and companies, by what they give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.types import Fields


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """What a check of somebody's identity finds.

    Args:
        after: How long it takes.
        failed: Field → pair of a code and a reason; empty if all is well.
        is_listed: True if the name is on a list of people with whom nobody may trade.
    """

    after: timedelta
    failed: Mapping[str, tuple[str, str]]
    is_listed: bool = False


class IdentityVerifier(Protocol):
    """A verifier of the identity of people and companies."""

    def check_person(self, details: Fields) -> IdentityReport:
        """Look a person up.

        Args:
            details: Its fields as the wire spells them, with its numbers.
        """
        ...

    def check_company(self, details: Fields) -> IdentityReport:
        """Look a company up.

        Args:
            details: Its fields as the wire spells them, with its numbers.
        """
        ...

    def has_document(self, name: str) -> bool:
        """Return whether the verifier has this document already."""
        ...
