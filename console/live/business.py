"""Checks of what business needs: processors, banks, webhooks and books."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from django.conf import settings

from console.live.lines import Found, Known, done, missing, moment, unknown
from ledger.audit import runs
from webhooks import queries as webhooks
from webhooks.services import signing_secrets

# Every night, and some hours for a night that was long.
_CHECKED_EVERY: Final = timedelta(hours=30)
_MOST_ENDPOINTS: Final = 20


def check_processor(known: Known) -> Found:
    """Check that a live account takes payments, and each was checked with what opens it now."""
    accounts = known.accounts
    if not accounts:
        return missing("processor_none")
    if unchecked := [one.name for one in accounts if one.checked_at is None]:
        return missing("processor_unchecked", names=_listed(unchecked))
    if bad := [one.name for one in accounts if not one.is_good]:
        return missing("processor_bad", names=_listed(bad))
    first = min(one.checked_at for one in accounts if one.checked_at is not None)
    return done("processor_done", names=_listed(one.name for one in accounts), at=moment(first))


def check_cards(known: Known) -> Found:
    """Check that payers can type cards into the fields of every account that has some."""
    accounts = [one for one in known.accounts if one.shows_cards is not None]
    if not accounts:
        return unknown("cards_no_account")
    if without := [one.name for one in accounts if not one.shows_cards]:
        return missing("cards_no_key", names=_listed(without))
    return done("cards_done", names=_listed(one.name for one in accounts))


def check_notices(known: Known) -> Found:
    """Check that notices of every live account have arrived."""
    accounts = [one for one in known.accounts if one.wants_notices]
    if not accounts:
        return unknown("notices_no_account")
    if silent := [one.name for one in accounts if one.last_notice_at is None]:
        return missing("notices_none", names=_listed(silent))
    last = min(one.last_notice_at for one in accounts if one.last_notice_at is not None)
    return done("notices_done", names=_listed(one.name for one in accounts), at=moment(last))


def check_bank(known: Known) -> Found:
    """Check that it is known where processors pay out to, and out of which account sellers are."""
    if silent := [one.name for one in known.accounts if not one.settlement_bank]:
        return missing("bank_settlement", names=_listed(silent))
    if not settings.BANK_IBAN:
        return missing("bank_none")
    return done("bank_done", bank=settings.BANK_NAME or settings.BANK_IBAN[:4])


def check_webhooks(known: Known) -> Found:
    """Check that somebody hears of live payments, in words that are signed."""
    endpoints = webhooks.enabled_endpoints(livemode=True)[:_MOST_ENDPOINTS]
    found = list(endpoints)
    if not found:
        return missing("webhooks_none")
    for one in found:
        try:
            signing_secrets.in_use(one, at=known.at)
        except InvalidTag:
            return missing("webhooks_unreadable", id=one.id)
    return done("webhooks_done", address=found[0].url)


def check_books(known: Known) -> Found:
    """Check that the books balanced when they were checked last."""
    run = runs.last_result()
    if run is None or run.ended_at is None:
        return unknown("books_never")
    values = {"at": moment(run.ended_at), "count": str(run.findings)}
    if run.findings:
        return missing("books_wrong", **values)
    if run.ended_at < known.at - _CHECKED_EVERY:
        return unknown("books_old", **values)
    return done("books_done", **values)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
