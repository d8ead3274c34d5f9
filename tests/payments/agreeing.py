"""Payers who agree at their bank or wallet: what tests of such payments have in common."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.test import Client

from payments import pages
from payments.inbound.services import delayed_polling
from payments.intents.services import payment_intents
from payments.models import Charge
from processors.models import SimulatedRequest
from tests.factories import now

ACCEPTED = {"type": "offline"}
ADDRESS = {"country": "DE", "line1": "Main street 1"}
# Type → a currency of it, and what it says of its payer besides.
PAYERS = {
    "ideal": ("eur", {"ideal": {"bank": "ing"}}),
    "bancontact": ("eur", {}),
    "eps": ("eur", {"eps": {"bank": "bank_austria"}}),
    "p24": ("pln", {"p24": {"bank": "mbank_mtransfer"}}),
    "blik": ("pln", {}),
    "alipay": ("usd", {}),
    "grabpay": ("sgd", {}),
    "klarna": ("eur", {}),
    "afterpay_clearpay": ("usd", {}),
}


def payer(type, mailbox="jenny"):
    billing = {"email": f"{mailbox}@example.com", "name": "Jenny Rosen", "address": ADDRESS}
    return {"type": type, "billing_details": billing, **PAYERS[type][1]}


def an_agreement(platform, type, mailbox="jenny", **details):
    """Begin a payment of 100.00, to which the payer has to agree."""
    wanted = {
        "amount": 100_00,
        "currency": PAYERS[type][0],
        "payment_method": payer(type, mailbox),
        "payment_method_types": [type],
    }
    if type == "blik":
        wanted["payment_method_options"] = {"blik": {"code": "123456"}}
    return payment_intents.create(tenant=platform, confirm=True, at=now(), **(wanted | details))


def path_of(attempt_id, part="/bank"):
    return urlsplit(pages.action_address(attempt_id)).path + part


def press(attempt_id, button):
    """Let the payer do what a button of the bank's page says, and follow it back."""
    client = Client()
    pressed = client.post(path_of(attempt_id), {"action": button})
    return client.get(pressed["Location"])


def time_passes(seconds=35):
    """Make the simulated bank believe that it was asked long ago, and ask it."""
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=seconds))
    Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
    return delayed_polling.poll_due(at=now())
