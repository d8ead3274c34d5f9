"""What the simulated world knows is there at once: nothing here waits for the scheduler."""

import time

import pytest

from config.demo.sellers import details
from tests.acceptance.sdk import a_client

pytestmark = pytest.mark.slow


def eventually(read):
    """Wait for the worker, which was told; a server of tests has no scheduler."""
    deadline = time.monotonic() + 20
    while not (found := read()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("how", ["automatic", "manual"])
def test_a_payer_who_disputes_does_so_at_once(rialto_server, how):
    _, key = rialto_server.new_platform()
    client, _ = a_client(rialto_server, key)
    paid = client.v1.payment_intents.create(
        {
            "amount": 20_00,
            "currency": "usd",
            "confirm": True,
            "capture_method": how,
            "payment_method": "pm_card_createDispute",
            "return_url": "https://example.com",
        }
    )
    if how == "manual":
        client.v1.payment_intents.capture(paid.id)

    found = client.v1.disputes.list({"payment_intent": paid.id}).data

    assert client.v1.charges.retrieve(str(found[0].charge)).disputed
    assert [(one.amount, one.status) for one in found] == [(20_00, "needs_response")]


def test_a_seller_whose_check_takes_a_moment_may_be_paid_when_it_has_ended(rialto_server):
    _, key = rialto_server.new_platform()
    client, _ = a_client(rialto_server, key)
    born = {"individual": {"dob": {"day": 1, "month": 1, "year": 1901}}}
    opened = client.v1.accounts.create({"type": "express", **details("Ann's Shop", **born)})
    assert opened.capabilities.transfers == "pending"

    def is_active():
        return client.v1.accounts.retrieve(opened.id).capabilities.transfers == "active"

    assert eventually(is_active)
