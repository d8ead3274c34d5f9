"""What the pages of accounts at processors say."""

from collections.abc import Iterator
from datetime import datetime

from core.types import JsonObject
from processors.accounts import checks, sealing
from processors.accounts.kinds import KINDS
from processors.models import ProcessorAccount
from processors.operator_pages import fees, limits
from processors.states import AccountStatus

_LOOKS = {True: "good", False: "bad", None: "waiting"}
_WORDS = {True: "good", False: "to mend", None: "not known"}


def status(row: ProcessorAccount) -> tuple[str, str]:
    """Return a look, and what the status means, in a sentence."""
    mode = "live" if row.livemode else "test"
    if not KINDS[row.kind].takes_payments:
        return "good" if row.status == "enabled" else "waiting", "It only pays out."
    match AccountStatus(row.status):
        case AccountStatus.ENABLED:
            first = ", and is tried first" if row.is_default else ""
            return "good", f"It takes new {mode} payments{first}."
        case AccountStatus.DRAINING:
            return (
                "waiting",
                f"It takes no new {mode} payments. Captures, refunds and disputes of those that it "
                "has taken go on.",
            )
    return (
        "bad",
        "Nothing is asked of it. What is open there waits until it is enabled, and nothing fails.",
    )


def check_lines(row: ProcessorAccount) -> list[JsonObject]:
    """Return what the last check found."""
    return [
        {
            "name": line.name,
            "word": _WORDS[line.is_good],
            "look": _LOOKS[line.is_good],
            "words": line.words,
        }
        for line in checks.last(row)
    ]


def facts(row: ProcessorAccount, *, at: datetime) -> list[tuple[str, str]]:
    """Return what is known of an account: title and text."""
    return [fact for fact in _facts(row, at) if fact[1]]


def costs(row: ProcessorAccount) -> list[str]:
    """Return what is agreed with the processor, line by line."""
    return fees.sentences(row.fee_model)


def _facts(row: ProcessorAccount, at: datetime) -> Iterator[tuple[str, str]]:
    kind = KINDS[row.kind]
    if kind.takes_payments:
        yield "Methods", ", ".join(row.methods) or f"all that {kind.title} takes here"
        yield "Currencies", ", ".join(row.currencies).upper() or _all_currencies(row)
        yield "Amounts", limits.sentence(row.amount_limits)
        yield "Statements say", row.statement_descriptor
    yield "Asked at", row.base_url or "the processor's own address"
    known = sealing.open_credentials(row.name, row.sealed_credentials)
    for one in kind.credentials:
        yield one.label, "kept, encrypted" if known.get(one.name) else "missing"
    if kind.notice_secret is not None:
        yield "Its notices go to", checks.address_of_notices(row.name)
        yield "They are signed with", _secrets(row, at)
        yield "Last notice", moment(row.last_notice_at) or "none came yet"
    yield "It pays out to you", row.settlement_schedule
    yield "To the bank account", row.settlement_bank
    yield "Added", moment(row.created_at)
    yield "Changed", moment(row.changed_at) if row.changed_at != row.created_at else ""


def _all_currencies(row: ProcessorAccount) -> str:
    can = KINDS[row.kind].capabilities.currencies
    return "all" if can is None else ", ".join(sorted(can)).upper()


def _secrets(row: ProcessorAccount, at: datetime) -> str:
    known = sealing.open_notice_secrets(row.name, row.sealed_notice_secrets)
    parts = []
    for one in known:
        if one.until is None:
            parts.append(f"a secret known since {moment(one.since)}")
        elif one.until > at:
            parts.append(f"until {moment(one.until)} also the one before")
    return ", ".join(reversed(parts)) or "no secret is known: every notice is refused"


def moment(at: datetime | None) -> str:
    """Write a moment; nothing for none."""
    return f"{at:%-d %b %Y, %H:%M} UTC" if at else ""
