"""What a rail tells us late, without being asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from processors.protocols.base import Outcome
from processors.protocols.disputes import DisputeReport, FraudReport


class NoticeRefused(Exception):
    """A notice without a valid signature. Nothing of it is stored."""


class FactKind(StrEnum):
    """The kinds of facts that notices tell."""

    CHARGE = "charge"
    REFUND = "refund"
    # Money went back to the payer without us.
    OUTSIDE_REFUND = "outside_refund"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Fact:
    """The fact that a notice tells: where to look, not what to believe.

    Args:
        kind: What it is about.
        key: Our key of the request; for an outside refund, the charge's.
        outcome: The outcome of an outside refund, as the processor says it is now.
        report: Of a dispute, or of a warning of fraud, as the processor says it is now.
    """

    kind: FactKind
    key: str
    outcome: Outcome | None = None
    report: DisputeReport | FraudReport | None = None


@runtime_checkable
class SendsNotices(Protocol):
    """A rail that tells us what happens late."""

    def authenticate(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> str:
        """Return the notice's own id.

        Raises:
            NoticeRefused: If the rail did not sign it, or not about now, or for another account.
            ProcessorUnavailable: If it had to ask, and no answer came.
        """
        ...

    def translate(self, body: str) -> Fact | None:
        """Return the fact that a notice tells; None if it is about nothing of ours.

        It may ask the processor.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...


@runtime_checkable
class KeepsNotices(Protocol):
    """A rail whose processor keeps what it told, so that what was lost on its way is found."""

    def told(self, *, since: datetime) -> Iterable[tuple[str, str]]:
        """Return what was told since a moment that may be news, oldest first.

        Args:
            since: The moment.

        Returns:
            The own id of each notice, as `authenticate` would say it, and its body.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...


@runtime_checkable
class SendsBatches(Protocol):
    """A rail that may tell several things at once, each signed by itself."""

    def split(self, body: bytes) -> Sequence[bytes]:
        """Return the notices in what came, each as if it had come alone.

        Raises:
            NoticeRefused: If it is none.
        """
        ...


@runtime_checkable
class WantsAcknowledgement(Protocol):
    """A rail that sends again what is not answered in its own words."""

    acknowledgement: str
