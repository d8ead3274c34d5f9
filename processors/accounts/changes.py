"""Adding and changing accounts at processors. Each change is audited and gives a new version."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.db import IntegrityError

from accounts.audit import trail
from accounts.audit.trail import Changes
from accounts.models import ConfigurationVersion
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.types import Fields
from processors.accounts import details, sealing
from processors.accounts.kinds import KINDS
from processors.accounts.sealing import NoticeSecret
from processors.models import ProcessorAccount
from processors.states import PROCESSOR_ACCOUNT, AccountStatus

_NO_CREDENTIALS: Final[Mapping[str, str]] = {}
# How long the notice secret that was replaced still counts.
OVERLAP: Final = timedelta(hours=24)


class SetsUp(Protocol):
    """What a room above sets up for a new account that takes payments."""

    def __call__(self, *, name: str, livemode: bool, is_first: bool) -> None:
        """Set it up in the transaction that adds the account; `is_first` of its mode."""
        ...


_SETUPS: Final[list[SetsUp]] = []


def register(setup: SetsUp) -> None:
    """Register what is done for each new account that takes payments."""
    _SETUPS.append(setup)


def add(
    *,
    name: str,
    kind: str,
    livemode: bool,
    at: datetime,
    credentials: Mapping[str, str] = _NO_CREDENTIALS,
    notice_secret: str = "",
    **more: object,
) -> ProcessorAccount:
    """Add an account. The first one of its mode that takes payments is the default.

    Args:
        name: What charges and the books call it, for ever.
        kind: Of its rail.
        livemode: True if real money moves there.
        at: The moment.
        credentials: By the names that the rail asks for.
        notice_secret: What its notices are signed with; empty if it is not known yet.
        more: What else is known of it: `details.EDITABLE`.

    Raises:
        InvalidRequest: If it cannot be one, with what is wrong.
    """
    details.check_name(name)
    rail = details.kind_of(kind, livemode=livemode)
    details.check_credentials(rail, credentials, livemode=livemode)
    _check_notice_secret(kind, notice_secret)
    row = ProcessorAccount(
        name=name, kind=kind, livemode=livemode, title=rail.title, created_at=at, changed_at=at
    )
    changes = {**_take(row, more), **_take_credentials(row, credentials)}
    if notice_secret:
        row.sealed_notice_secrets = sealing.seal_notice_secrets(
            name, [NoticeSecret(notice_secret, at)]
        )
    try:
        with atomic():
            others = _takers(livemode=livemode)
            row.is_default = rail.takes_payments and not any(one.is_default for one in others)
            row.save(force_insert=True)
            for setup in _SETUPS if rail.takes_payments else ():
                setup(name=name, livemode=livemode, is_first=not others)
            trail.record("processor_account.created", row, changes=changes)
            ConfigurationVersion.bump()
    except IntegrityError as error:
        raise InvalidRequest(f"There is an account {name} already.", param="name") from error
    return row


def _takers(*, livemode: bool) -> list[ProcessorAccount]:
    """Return the accounts of a mode that take payments, or have taken some."""
    kinds = [name for name, kind in KINDS.items() if kind.takes_payments]
    return list(ProcessorAccount.objects.filter(livemode=livemode, kind__in=kinds))


def change(
    *,
    name: str,
    at: datetime,
    credentials: Mapping[str, str] = _NO_CREDENTIALS,
    **more: object,
) -> ProcessorAccount:
    """Change an account. Credentials that are not given, or empty, stay as they are.

    Raises:
        InvalidRequest: If it cannot be so, with what is wrong.
        Missing: If there is no such account.
    """
    given = {key: text for key, text in credentials.items() if text}
    with atomic():
        row = _lock(name)
        known = sealing.open_credentials(name, row.sealed_credentials)
        details.check_credentials(KINDS[row.kind], known | given, livemode=row.livemode)
        changes = {**_take(row, more), **_take_credentials(row, known | given, known)}
        if given:
            # They may be right now, and what was checked were others.
            row.refused_since, row.refused_count, row.quiet_until = None, 0, None
            row.checked_at, row.check_lines = None, []
        row.changed_at = at
        row.save(update_fields=_WRITTEN)
        trail.record("processor_account.changed", row, changes=changes)
        ConfigurationVersion.bump()
    return row


def set_status(*, name: str, status: AccountStatus, reason: str, at: datetime) -> ProcessorAccount:
    """Enable an account, let it drain, or disable it.

    Raises:
        InvalidRequest: If it is the default, or so already.
        Missing: If there is no such account.
    """
    with atomic():
        row = _lock(name)
        before = AccountStatus(row.status)
        if not PROCESSOR_ACCOUNT.allows(before, status):
            raise InvalidRequest(f"{name} is {before} already.", param="status")
        row.status, row.changed_at = status, at
        was_default, row.is_default = row.is_default, row.is_default and status == "enabled"
        row.save(update_fields=_WRITTEN)
        changes: Changes = {
            "status": (before, status),
            "is_default": (was_default, row.is_default),
        }
        trail.record(f"processor_account.{status}", row, changes=changes, reason=reason)
        ConfigurationVersion.bump()
    return row


def make_default(*, name: str, at: datetime) -> ProcessorAccount:
    """Let new payments of its mode be tried at an account first.

    Raises:
        InvalidRequest: If it takes no payments.
        Missing: If there is no such account.
    """
    with atomic():
        row = _lock(name)
        if row.status != AccountStatus.ENABLED or not KINDS[row.kind].takes_payments:
            raise InvalidRequest(f"{name} takes no new payments: enable it first.", param="name")
        ProcessorAccount.objects.filter(livemode=row.livemode, is_default=True).update(
            is_default=False, changed_at=at
        )
        row.is_default, row.changed_at = True, at
        row.save(update_fields=_WRITTEN)
        trail.record("processor_account.changed", row, changes={"is_default": (False, True)})
        ConfigurationVersion.bump()
    return row


def roll_notice_secret(
    *, name: str, secret: str, at: datetime, overlap: timedelta = OVERLAP
) -> ProcessorAccount:
    """Replace what notices are signed with; the one before counts a while longer.

    Raises:
        InvalidRequest: If it cannot be one, or is known already.
        Missing: If there is no such account.
    """
    with atomic():
        row = _lock(name)
        _check_notice_secret(row.kind, secret)
        known = sealing.open_notice_secrets(name, row.sealed_notice_secrets)
        if not secret or any(one.text == secret for one in known if one.until is None):
            raise InvalidRequest("Give the new secret, and not the one in use.", param="secret")
        kept = [
            NoticeSecret(one.text, one.since, min(one.until or at + overlap, at + overlap))
            for one in known
            if one.text != secret and (one.until is None or one.until > at)
        ]
        row.sealed_notice_secrets = sealing.seal_notice_secrets(
            name, [*kept, NoticeSecret(secret, at)]
        )
        row.changed_at = at
        row.save(update_fields=_WRITTEN)
        changes: Changes = {"secret": ([one.text for one in known], secret)}
        trail.record("processor_account.secret_rolled", row, changes=changes)
        ConfigurationVersion.bump()
    return row


_WRITTEN: Final = (
    *details.EDITABLE, "status", "is_default", "sealed_credentials", "sealed_notice_secrets",
    "refused_since", "refused_count", "quiet_until", "checked_at", "check_lines", "changed_at",
)  # fmt: skip


def _lock(name: str) -> ProcessorAccount:
    return lock_one(ProcessorAccount.objects.all(), name, kind="processor", param="name")


def _take(row: ProcessorAccount, more: Fields) -> dict[str, tuple[object, object]]:
    if unknown := set(more) - set(details.EDITABLE):
        raise TypeError(f"These are no details of an account: {sorted(unknown)}")
    before = {name: getattr(row, name) for name in details.EDITABLE}
    details.check(KINDS[row.kind], before | dict(more))
    for name, value in more.items():
        setattr(row, name, value)
    return {name: (before[name], value) for name, value in more.items()}


def _take_credentials(
    row: ProcessorAccount, now: Mapping[str, str], before: Mapping[str, str] = _NO_CREDENTIALS
) -> dict[str, tuple[object, object]]:
    if now:
        row.sealed_credentials = sealing.seal_credentials(row.name, now)
    public = {one.name for one in KINDS[row.kind].credentials if not one.is_secret}
    # The trail keeps a keyed hash of whatever is called a secret.
    return {
        key if key in public else f"secret {key}": (before.get(key), text)
        for key, text in now.items()
    }


def _check_notice_secret(kind: str, secret: str) -> None:
    wanted = KINDS[kind].notice_secret
    if secret and wanted is None:
        raise InvalidRequest(f"{KINDS[kind].title} signs no notices.", param="notice_secret")
    if secret and wanted is not None:
        details.check_secret(wanted, secret, param="notice_secret")
