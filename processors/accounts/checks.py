"""Whether an account at a processor can be used: asked there, and looked up here."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings

from accounts.audit import trail
from accounts.models import ConfigurationVersion
from core.database.lookups import one
from core.database.transactions import atomic
from core.ids import new_id
from processors.accounts import kinds, sealing, snapshot
from processors.models import ProcessorAccount
from processors.protocols.base import (
    AccessRefused,
    OutcomeStatus,
    Processor,
    ProcessorUnavailable,
    VerifyRequest,
)
from processors.protocols.instruments import ShowsCardFields
from processors.protocols.kinds import CheckLine, ChecksAccount, Rail

_CREDENTIALS: Final = "credentials"


def address_of_notices(name: str) -> str:
    """Return where a processor is to send notices for an account."""
    return f"{settings.PUBLIC_URL}/inbound/{name}/"


def check(*, name: str, at: datetime, instrument: str = "") -> tuple[CheckLine, ...]:
    """Check an account, and keep what was found.

    Args:
        name: The account's.
        at: The moment.
        instrument: A card, by the processor's own name, that is authorised over nothing too;
            empty to leave that out.

    Raises:
        Missing: If there is no such account.
    """
    row = one(ProcessorAccount.objects.all(), name, kind="processor", param="name")
    rail = kinds.make(snapshot.view(row, at=at))
    lines = (
        *_ask(row, rail),
        *_look(row, rail, at),
        *([_authorise(rail, instrument)] if instrument else []),
    )
    kept = [[line.name, line.words, line.is_good] for line in lines]
    is_refused = any(line.name == _CREDENTIALS and line.is_good is False for line in lines)
    with atomic():
        was_quiet = ProcessorAccount.objects.filter(name=name).exclude(refused_since=None)
        ends_quiet = not is_refused and was_quiet.exists()
        if ends_quiet:
            was_quiet.update(refused_since=None, refused_count=0, quiet_until=None)
        ProcessorAccount.objects.filter(name=name).update(checked_at=at, check_lines=kept)
        trail.record("processor_account.checked", row, changes={"check_lines": ([], kept)})
        if ends_quiet:
            ConfigurationVersion.bump()
    return lines


def last(row: ProcessorAccount) -> tuple[CheckLine, ...]:
    """Return what the last check found."""
    return tuple(
        CheckLine(name, words, is_good=is_good) for name, words, is_good in row.check_lines
    )


def is_good(lines: tuple[CheckLine, ...]) -> bool:
    """Tell whether a check found nothing that must be mended."""
    return bool(lines) and all(line.is_good is not False for line in lines)


def _ask(row: ProcessorAccount, rail: Rail) -> Iterator[CheckLine]:
    if not kinds.KINDS[row.kind].credentials:
        yield CheckLine(_CREDENTIALS, "It asks for none.", is_good=True)
        return
    if not isinstance(rail, ChecksAccount):
        yield CheckLine(
            _CREDENTIALS, "This rail cannot ask its processor about them.", is_good=None
        )
        return
    try:
        yield from rail.check_account()
    except AccessRefused as error:
        words = f"{error} Give it credentials that are valid."
        yield CheckLine(_CREDENTIALS, words, is_good=False)
    except ProcessorUnavailable as error:
        yield CheckLine("connection", f"No answer came: {error}", is_good=False)


def _look(row: ProcessorAccount, rail: Rail, at: datetime) -> Iterator[CheckLine]:
    can = rail.capabilities.currencies
    if can is not None and row.currencies and not set(row.currencies) & can:
        yield CheckLine(
            "limits", "It is limited to currencies that the rail cannot take.", is_good=False
        )
    if isinstance(rail, ShowsCardFields):
        yield _card_fields(rail)
    if kinds.KINDS[row.kind].notice_secret is None:
        return
    where = address_of_notices(row.name)
    secrets = sealing.open_notice_secrets(row.name, row.sealed_notice_secrets)
    if not any(secret.until is None for secret in secrets):
        words = f"No secret is known, so every notice is refused. Have notices sent to {where}."
        yield CheckLine("notices", words, is_good=False)
    elif row.last_notice_at is None:
        words = f"None has come yet. They are awaited at {where}."
        yield CheckLine("notices", words, is_good=None)
    else:
        words = f"The last one came on {row.last_notice_at:%-d %b %Y at %H:%M} UTC."
        yield CheckLine("notices", words, is_good=True)


def _card_fields(rail: ShowsCardFields) -> CheckLine:
    if rail.card_fields() is None:
        words = (
            "There is no key that browsers may see, so payers cannot type cards in on Rialto's "
            "pages here. Give the account one."
        )
        return CheckLine("card fields", words, is_good=None)
    return CheckLine("card fields", "Payers type cards into the processor's own.", is_good=True)


def _authorise(rail: Rail, instrument: str) -> CheckLine:
    if not isinstance(rail, Processor) or not rail.capabilities.verifies:
        return CheckLine("authorisation", "This rail cannot authorise over nothing.", is_good=None)
    try:
        outcome = rail.verify(VerifyRequest(new_id("setatt"), instrument))
    except ProcessorUnavailable as error:
        return CheckLine("authorisation", f"No answer came: {error}", is_good=False)
    if outcome.status is OutcomeStatus.SUCCEEDED:
        return CheckLine(
            "authorisation", "The card was verified there. No money moved.", is_good=True
        )
    why = outcome.decline.message if outcome.decline else outcome.message
    return CheckLine("authorisation", f"It said {outcome.status}. {why}".strip(), is_good=False)
