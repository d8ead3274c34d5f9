"""What the pages of accounts at processors say."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import dateformat
from django.utils.translation import gettext, gettext_lazy

from core.types import JsonObject
from processors.accounts import checks, sealing
from processors.accounts.kinds import KINDS
from processors.models import ProcessorAccount
from processors.operator_pages import fees, limits
from processors.states import AccountStatus

_LOOKS = {True: "good", False: "bad", None: "waiting"}
_WORDS = {
    True: gettext_lazy("good"),
    False: gettext_lazy("to mend"),
    None: gettext_lazy("not known"),
}

# Whether in live mode, and whether tried first → what an account that is enabled does.
_TAKES = {
    (True, True): gettext_lazy("It takes new live payments, and is tried first."),
    (True, False): gettext_lazy("It takes new live payments."),
    (False, True): gettext_lazy("It takes new test payments, and is tried first."),
    (False, False): gettext_lazy("It takes new test payments."),
}
# In which mode → what one does that takes nothing new.
_DRAINS = {
    True: gettext_lazy(
        "It takes no new live payments. Captures, refunds and disputes of those that it has taken "
        "go on."
    ),
    False: gettext_lazy(
        "It takes no new test payments. Captures, refunds and disputes of those that it has taken "
        "go on."
    ),
}


def status(row: ProcessorAccount) -> tuple[str, str]:
    """Return a look, and what the status means, in a sentence."""
    if not KINDS[row.kind].takes_payments:
        return "good" if row.status == "enabled" else "waiting", gettext("It only pays out.")
    match AccountStatus(row.status):
        case AccountStatus.ENABLED:
            return "good", str(_TAKES[row.livemode, row.is_default])
        case AccountStatus.DRAINING:
            return (
                "waiting",
                str(_DRAINS[row.livemode]),
            )
    return (
        "bad",
        gettext(
            "Nothing is asked of it. What is open there waits until it is enabled, and "
            "nothing fails."
        ),
    )


def check_lines(row: ProcessorAccount) -> list[JsonObject]:
    """Return what the last check found."""
    return [
        {
            "name": gettext(line.name),
            "word": _WORDS[line.is_good],
            "look": _LOOKS[line.is_good],
            "words": gettext(line.words) % line.values if line.values else gettext(line.words),
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
        yield (
            gettext("Methods"),
            ", ".join(row.methods)
            or gettext("all that %(title)s takes here") % {"title": kind.title},
        )
        yield gettext("Currencies"), ", ".join(row.currencies).upper() or _all_currencies(row)
        yield gettext("Amounts"), limits.sentence(row.amount_limits)
        yield gettext("Statements say"), row.statement_descriptor
    yield gettext("Asked at"), row.base_url or gettext("the processor's own address")
    known = sealing.open_credentials(row.name, row.sealed_credentials)
    for one in kind.credentials:
        kept = known.get(one.name, "")
        shown = kept if kept and not one.is_secret else gettext("kept, encrypted")
        yield gettext(one.label), shown if kept else gettext("missing")
    if kind.notice_secret is not None:
        yield gettext("Its notices go to"), checks.address_of_notices(row.name)
        yield gettext("They are signed with"), _secrets(row, at)
        yield gettext("Last notice"), moment(row.last_notice_at) or gettext("none came yet")
    yield gettext("It pays out to you"), row.settlement_schedule
    yield gettext("To the bank account"), row.settlement_bank
    yield gettext("Added"), moment(row.created_at)
    yield gettext("Changed"), moment(row.changed_at) if row.changed_at != row.created_at else ""


def _all_currencies(row: ProcessorAccount) -> str:
    can = KINDS[row.kind].capabilities.currencies
    return gettext("all") if can is None else ", ".join(sorted(can)).upper()


def _secrets(row: ProcessorAccount, at: datetime) -> str:
    known = sealing.open_notice_secrets(row.name, row.sealed_notice_secrets)
    parts = []
    for one in known:
        if one.until is None:
            parts.append(gettext("a secret known since %(since)s") % {"since": moment(one.since)})
        elif one.until > at:
            parts.append(
                gettext("until %(until)s also the one before") % {"until": moment(one.until)}
            )
    return ", ".join(reversed(parts)) or gettext("no secret is known: every notice is refused")


def moment(at: datetime | None) -> str:
    """Write a moment; nothing for none."""
    return f"{dateformat.format(at, 'j M Y, H:i')} UTC" if at else ""
