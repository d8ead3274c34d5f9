import base64
import hashlib
import hmac
import json
import time

import pytest
import stripe
from cryptography.exceptions import InvalidTag

from webhooks import encryption
from webhooks.sending import signing

BODY = json.dumps({"id": "evt_1", "object": "event", "type": "charge.succeeded"}).encode()


def test_the_official_client_accepts_the_signature():
    secret = encryption.new_secret()
    headers = signing.headers(
        secrets=[secret], body=BODY, message_id="evt_1", timestamp=int(time.time())
    )

    event = stripe.Webhook.construct_event(BODY, headers["Stripe-Signature"], secret)

    assert event.type == "charge.succeeded"


def test_the_official_client_refuses_a_changed_body_and_another_secret():
    secret = encryption.new_secret()
    signed = signing.headers(
        secrets=[secret], body=BODY, message_id="evt_1", timestamp=int(time.time())
    )["Stripe-Signature"]

    for body, key in ((BODY + b" ", secret), (BODY, encryption.new_secret())):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, signed, key)


def test_standard_webhooks_are_signed_beside_it():
    secret = encryption.new_secret()

    headers = signing.headers(
        secrets=[secret], body=BODY, message_id="evt_1", timestamp=1_700_000_000
    )

    encoded = secret.removeprefix("whsec_")
    key = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    expected = hmac.digest(key, b"evt_1.1700000000." + BODY, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("evt_1", "1700000000")


def test_a_secret_can_only_be_read_in_its_own_row():
    sealed = encryption.encrypt("whsec_x", row="we_1")

    assert encryption.decrypt(sealed, row="we_1") == "whsec_x"
    assert b"whsec_x" not in sealed
    with pytest.raises(InvalidTag):
        encryption.decrypt(sealed, row="we_2")


def test_while_a_rolled_secret_lasts_a_receiver_may_know_either():
    old, new = encryption.new_secret(), encryption.new_secret()
    headers = signing.headers(
        secrets=[new, old], body=BODY, message_id="evt_1", timestamp=int(time.time())
    )

    for secret in (old, new):
        stripe.Webhook.construct_event(BODY, headers["Stripe-Signature"], secret)
    assert headers["webhook-signature"].count("v1,") == 2
