"""Payments whose payers are asked by their banks, for tests of what follows."""

from urllib.parse import urlsplit

from payments import pages
from payments.intents.services import payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Authentication, PaymentIntent
from tests.factories import a_paid_intent, now

ASKS = "pm_card_authenticationRequired"


BACK = ConfirmationOptions(return_url="https://shop.example/done?order=7")


def asked_about(platform, **details):
    return a_paid_intent(platform, payment_method=ASKS, session=BACK, **details)


def challenge(intent):
    return Authentication.objects.get(id=intent.authentication_id)


def again(intent):
    return PaymentIntent.objects.get(id=intent.id)


def path_of(intent):
    return urlsplit(pages.address(intent.authentication_id)).path


def confirmed(platform, intent, **details):
    return payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now(), **details)
