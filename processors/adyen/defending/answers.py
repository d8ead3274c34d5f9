"""Answers to disputes at Adyen: a reason is chosen, its documents are supplied, then submitted.

Whatever is cut off is done again from the beginning: documents that are supplied again replace
those before, and what was submitted is not offered any more.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_noop

from core.types import Fields, JsonObject
from processors.adyen import told
from processors.adyen.client import DISPUTED_MERCHANT, Client, Refused, client
from processors.adyen.defending import offers
from processors.adyen.defending.offers import Plan
from processors.models import ToldEvent
from processors.protocols.accounts import RailAccount
from processors.protocols.base import AccessRefused
from processors.protocols.disputes import EvidenceRefused, Paper
from processors.protocols.kinds import CheckLine

# That we are about to submit an answer: from here on it may have been.
BEGUN: Final = "defence begun"
_NOBODYS: Final = "0" * 16
Papers = Mapping[str, Callable[[], Paper]]


def check(
    account: RailAccount, reference: str, evidence: Mapping[str, str], papers: Papers
) -> None:
    """Find out whether an answer can be made of the evidence; nothing is supplied yet.

    Raises:
        EvidenceRefused: If Adyen would not take it.
    """
    plan = _plan(client(account), account, reference, evidence)
    if plan is not None:
        _documents(plan, evidence, papers)


def submit(
    account: RailAccount, reference: str, evidence: Mapping[str, str], papers: Papers
) -> None:
    """Supply the documents of the reason that fits, and defend the dispute with them.

    Raises:
        EvidenceRefused: If Adyen does not take it, and nothing was submitted.
        ProcessorUnavailable: If no answer came.
    """
    there = client(account)
    plan = _plan(there, account, reference, evidence)
    if plan is None:
        # It was submitted before, and the answer to that was lost.
        return
    text = json.dumps([plan.reason, dict(evidence)], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:24]
    wish: JsonObject = {"disputePspReference": reference}
    supplied = wish | {"defenseDocuments": _documents(plan, evidence, papers)}
    _send(there, there.disputes.supply_defense_document, supplied, key=f"{reference}.s.{digest}")
    told.keep(account.name, BEGUN, {"pspReference": reference}, key="")
    defended = wish | {"defenseReasonCode": plan.reason}
    try:
        _send(there, there.disputes.defend_dispute, defended, key=f"{reference}.d.{digest}")
    except EvidenceRefused:
        if _offers(there, reference):
            raise
        # Somebody was faster: another try of ours, or a person there.


def check_access(account: RailAccount) -> CheckLine:
    """Ask about a dispute that there is not: whoever may answer disputes hears so."""
    try:
        _offers(client(account), _NOBODYS)
    except AccessRefused:
        words = gettext_noop(
            "The key may not answer disputes: give its API credential the role API dispute "
            "management. Payments do without."
        )
        return CheckLine("disputes", words, is_good=None)
    return CheckLine("disputes", gettext_noop("The key may answer disputes."), is_good=True)


def _plan(
    there: Client, account: RailAccount, reference: str, evidence: Mapping[str, str]
) -> Plan | None:
    """Return what to submit; None if that was done before."""
    found = _offers(there, reference)
    if not found and ToldEvent.objects.filter(
        processor=account.name, kind=BEGUN, reference=reference
    ):
        return None
    return offers.choose(found, [name for name, value in evidence.items() if value])


def _offers(there: Client, reference: str) -> tuple[offers.Offer, ...]:
    wish: JsonObject = {"disputePspReference": reference}
    call = there.disputes.retrieve_applicable_defense_reasons
    try:
        answer = there.send(call, wish, merchant=DISPUTED_MERCHANT)
    except Refused:
        return ()
    return offers.read(answer)


def _documents(plan: Plan, evidence: Mapping[str, str], papers: Papers) -> list[JsonObject]:
    try:
        from processors.adyen.defending import papers as sheets
    except ImportError as error:
        raise EvidenceRefused(
            "What writes papers for Adyen is not installed: install the packages of rialto[adyen] "
            "where Rialto runs."
        ) from error
    made = {code: sheets.make(fields, evidence, papers) for code, fields in plan.papers.items()}
    return [
        {
            "defenseDocumentTypeCode": code,
            "contentType": one.media_type,
            "content": base64.b64encode(one.content).decode(),
        }
        for code, one in made.items()
    ]


def _send(there: Client, call: Callable[..., Any], wish: JsonObject, *, key: str) -> None:
    try:
        answer = there.send(call, wish, key=key, merchant=DISPUTED_MERCHANT)
    except Refused as error:
        raise EvidenceRefused(f"Adyen did not take the answer: {error}") from error
    result: Fields = answer.get("disputeServiceResult") or {}
    if result.get("success") is not True:
        why = str(result.get("errorMessage") or "it does not say why")[:300]
        raise EvidenceRefused(f"Adyen did not take the answer: {why}")
