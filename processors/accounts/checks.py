"""Whether an account at a processor can be used: asked there, and looked up here."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_noop

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
_NO_ANSWER: Final = gettext_noop("No answer came: %(error)s")


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
    kept = [[line.name, line.words, line.is_good, dict(line.values)] for line in lines]
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
        CheckLine(name, words, is_good, *values)
        for name, words, is_good, *values in row.check_lines
    )


def is_good(lines: tuple[CheckLine, ...]) -> bool:
    """Tell whether a check found nothing that must be mended."""
    return bool(lines) and all(line.is_good is not False for line in lines)


def _ask(row: ProcessorAccount, rail: Rail) -> Iterator[CheckLine]:
    if not kinds.KINDS[row.kind].credentials:
        yield CheckLine(_CREDENTIALS, gettext_noop("It asks for none."), is_good=True)
        return
    if not isinstance(rail, ChecksAccount):
        words = gettext_noop("This rail cannot ask its processor about them.")
        yield CheckLine(_CREDENTIALS, words, is_good=None)
        return
    try:
        yield from rail.check_account()
    except AccessRefused as error:
        words = gettext_noop("%(error)s Give it credentials that are valid.")
        yield CheckLine(_CREDENTIALS, words, is_good=False, values={"error": str(error)})
    except ProcessorUnavailable as error:
        yield CheckLine("connection", _NO_ANSWER, is_good=False, values={"error": str(error)})


def _look(row: ProcessorAccount, rail: Rail, at: datetime) -> Iterator[CheckLine]:
    can = rail.capabilities.currencies
    if can is not None and row.currencies and not set(row.currencies) & can:
        words = gettext_noop("It is limited to currencies that the rail cannot take.")
        yield CheckLine("limits", words, is_good=False)
    if isinstance(rail, ShowsCardFields):
        yield _card_fields(rail)
    if kinds.KINDS[row.kind].notice_secret is None:
        return
    where = {"where": address_of_notices(row.name)}
    secrets = sealing.open_notice_secrets(row.name, row.sealed_notice_secrets)
    if not any(secret.until is None for secret in secrets):
        words = gettext_noop(
            "No secret is known, so every notice is refused. Have notices sent to %(where)s."
        )
        yield CheckLine("notices", words, is_good=False, values=where)
    elif row.last_notice_at is None:
        words = gettext_noop("None has come yet. They are awaited at %(where)s.")
        yield CheckLine("notices", words, is_good=None, values=where)
    else:
        words = gettext_noop("The last one came at %(moment)s UTC.")
        moment = f"{row.last_notice_at:%Y-%m-%d %H:%M}"
        yield CheckLine("notices", words, is_good=True, values={"moment": moment})


def _card_fields(rail: ShowsCardFields) -> CheckLine:
    if rail.card_fields() is None:
        words = gettext_noop(
            "There is no key that browsers may see, so payers cannot type cards in on Rialto's "
            "pages here. Give the account one."
        )
        return CheckLine("card fields", words, is_good=None)
    words = gettext_noop("Payers type cards into the processor's own.")
    return CheckLine("card fields", words, is_good=True)


def _authorise(rail: Rail, instrument: str) -> CheckLine:
    if not isinstance(rail, Processor) or not rail.capabilities.verifies:
        words = gettext_noop("This rail cannot authorise over nothing.")
        return CheckLine("authorisation", words, is_good=None)
    try:
        outcome = rail.verify(VerifyRequest(new_id("setatt"), instrument))
    except ProcessorUnavailable as error:
        return CheckLine("authorisation", _NO_ANSWER, is_good=False, values={"error": str(error)})
    if outcome.status is OutcomeStatus.SUCCEEDED:
        words = gettext_noop("The card was verified there. No money moved.")
        return CheckLine("authorisation", words, is_good=True)
    why = outcome.decline.message if outcome.decline else outcome.message
    told = {"status": str(outcome.status), "why": why}
    words = gettext_noop("It was %(status)s. %(why)s")
    return CheckLine("authorisation", words, is_good=False, values=told)
