"""Payers with a bank's app: what tests of PromptPay have in common."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.test import Client

from payments import pages
from payments.inbound.services import delayed_polling
from payments.intents.services import payment_intents
from payments.models import Charge, PaymentIntent
from processors.models import SimulatedRequest
from tests.factories import a_seller, now

# Type → its currency, what 100 of it are in minor units, and what the wire calls what is shown.
CODES = {
    "paynow": ("sgd", 100_00, "paynow_display_qr_code"),
    "pix": ("brl", 100_00, "pix_display_qr_code"),
    "konbini": ("jpy", 10_000, "konbini_display_details"),
    "swish": ("sek", 100_00, "swish_handle_redirect_or_display_qr_code"),
}


def payer(mailbox="somchai"):
    return {"type": "promptpay", "billing_details": {"email": f"{mailbox}@example.com"}}


def a_code(platform, mailbox="somchai", **details):
    """Begin a payment of 1,000 baht, for which the payer is shown a code."""
    wanted = {"amount": 1_000_00, "currency": "thb", "payment_method": payer(mailbox)} | details
    return payment_intents.create(tenant=platform, confirm=True, at=now(), **wanted)


def again(intent):
    return PaymentIntent.objects.get(id=intent.id)


def path_of(intent):
    return urlsplit(pages.code_address(intent.latest_charge_id)).path


def press(intent, button):
    """Let the payer do what a button of the page says."""
    return Client().post(path_of(intent), {"action": button})


def time_passes(seconds=5):
    """Make the simulated processor believe that it was asked long ago, and ask it."""
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=seconds))
    Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
    return delayed_polling.poll_due(at=now())


def a_thai_seller(platform):
    """Open a seller's account in Thailand of which everything is known that is asked."""
    return a_seller(
        platform,
        country="TH",
        individual={
            "phone": "0812345678",
            "id_number": "1234567890121",
            "ssn_last_4": None,
            "address": {"city": "Bangkok", "state": "Bangkok", "postal_code": "10110"},
        },
    )
