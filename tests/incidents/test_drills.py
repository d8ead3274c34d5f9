"""The nine drills of incidents: what is to be stopped is, at once, and what is known is kept."""

import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client

from accounts.audit import exports, seals
from accounts.detection import watch
from accounts.models import AuditEvent, SecurityAlarm, Session
from accounts.people import sessions
from config.incidents import containment, evidence
from config.secrets import reencryption
from config.secrets.columns import SEALED
from connect.models import Payout
from connect.oauth.services import containment as clients
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from console.privacy import erasing, replaying, subjects
from core.errors import Missing
from core.security.card_numbers import contains_card_number
from ledger.audit.verify import verify
from payments.models import Customer
from tests.accounts.test_detection import try_cards
from tests.books import assert_books_balance
from tests.connect.test_oauth import an_application, connected
from tests.factories import (
    a_bank_account,
    a_key,
    a_paid_intent,
    a_platform,
    a_seller_with,
    an_operator,
    now,
)
from tests.ledger.test_attacked_proofs import as_owner
from tests.payments.test_erasure import CUSTOMER, call, found
from tests.webhooks.steps import an_endpoint
from webhooks import encryption as signing
from webhooks.services import signing_secrets

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "INC-7"
CARD = "4000056655665556"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def status_of(key: str, path: str = "balance") -> int:
    return Client(headers={"Authorization": f"Bearer {key}"}).get(f"/v1/{path}").status_code


def known(tmp_path, **which) -> dict[str, str]:
    """Gather what is known since an hour ago, and read the archive."""
    file = tmp_path / f"{time.monotonic_ns()}.zip"
    with within(30):
        evidence.gather(file, since=now() - timedelta(hours=1), at=now(), **which)
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_1_a_leaked_key_is_refused_within_a_second_and_its_traces_are_kept(tmp_path):
    platform = a_platform()
    key, other = a_key(platform), a_key(a_platform())
    assert status_of(key) == 200

    with within(1):
        assert containment.end_keys(platform.account_id, at=now()) >= 1
        assert status_of(key) == 401

    assert status_of(other) == 200
    assert containment.end_keys(platform.account_id, at=now()) == 0
    told = known(tmp_path, account_id=platform.account_id)
    assert "api_key.revoked" in told["timeline.txt"]
    assert json.loads(told["about.json"])["last_seal"] == seals.head()
    assert key not in json.dumps(told)
    ours = [json.loads(line) for line in told["keys.jsonl"].splitlines()]
    assert {one["account_id"] for one in ours} == {platform.account_id}
    with pytest.raises(Missing):
        containment.end_keys("acct_none", at=now())


def test_2_a_leaked_webhook_secret_signs_nothing_any_more():
    endpoint = an_endpoint(a_platform(), "https://shop.example/", "*")
    old = signing.decrypt(endpoint.secret, row=endpoint.id)

    with within(1):
        row, new = signing_secrets.roll(
            tenant=endpoint.tenant, endpoint_id=endpoint.id, overlap=timedelta(0), at=now()
        )

    assert new != old
    assert (row.previous_secret, signing.decrypt(row.secret, row=row.id)) == (None, new)
    assert AuditEvent.objects.filter(action="endpoint.secret_rolled").count() == 1


def test_3_whoever_took_over_an_operators_account_is_out_at_once(tmp_path):
    person, browser = an_operator(), Client()
    browser.force_login(person)
    assert browser.get("/admin/").status_code == 200
    before = Session.objects.filter(user=person).count()

    with within(1):
        ended = sessions.end_all(person)
        answer = browser.get("/admin/")

    assert (ended, before >= 1) == (before, True)
    assert (answer.status_code, "login" in answer["Location"]) == (302, True)
    assert not Session.objects.filter(user=person).exists()
    assert "sessions.jsonl" in known(tmp_path)


def test_4_no_door_keeps_a_card_number_that_somebody_typed_where_none_belongs(caplog):
    key = a_key(a_platform())
    spellings = (CARD, "4000 0566 5566 5556", "4000-0566-5566-5556")
    for text in spellings:
        call(key, "customers", {"description": text, "metadata": {"card": text}})
        call(key, "customers", {"name": f"Ada {text}"})
        call(key, "payment_intents", {"amount": 100, "currency": "usd", "description": text})
        status_of(key, f"customers/{text.replace(' ', '%20')}")

    assert {spelling: found(spelling) for spelling in spellings} == {
        spelling: set() for spelling in spellings
    }
    assert not contains_card_number(caplog.text)


def test_5_a_forged_posting_is_found_and_nobody_is_paid_meanwhile():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    payout = payouts.create(tenant=seller, amount=40_00, currency="usd", at=now())
    other = a_seller_with(a_platform(), 50_00)
    assert verify() == []
    as_owner(
        "UPDATE ledger_posting SET amount = amount + 1 "
        "WHERE id = (SELECT max(id) FROM ledger_posting)"
    )

    assert verify() != []
    with within(5):
        count = containment.freeze_payouts(
            containment.sellers(), reason=WHY, author="Ada", at=now()
        )
    sending.send_due(at=now() + timedelta(days=3))

    assert count == 4
    assert Payout.objects.get(id=payout.id).status == "pending"
    assert containment.freeze_payouts([seller.account_id], reason=WHY, author="Ada", at=now()) == 0
    assert containment.sellers(platform.account_id) == [seller.account_id]
    assert set(containment.sellers()) == {seller.account_id, other.account_id}
    assert containment.release_payouts(containment.sellers(), author="Ada", at=now()) == 4
    sending.send_due(at=now() + timedelta(days=3))
    assert Payout.objects.get(id=payout.id).status == "in_transit"


def test_6_an_exposed_encryption_key_reads_nothing_that_is_kept(settings):
    for _ in range(3):
        an_endpoint(a_platform(), "https://shop.example/", "*")
    settings.RIALTO_OLD_ENCRYPTION_KEYS = [settings.RIALTO_ENCRYPTION_KEY]
    settings.RIALTO_ENCRYPTION_KEY = "another, and the one in use"

    with within(30):
        for column in SEALED:
            for _ in reencryption.reseal(column):
                pass
    settings.RIALTO_OLD_ENCRYPTION_KEYS = []

    standings = [reencryption.look(column) for column in SEALED]
    assert sum(one.in_use for one in standings) >= 3
    assert sum(one.old + len(one.unreadable) for one in standings) == 0


@pytest.mark.attacks
def test_7_cards_tried_out_are_told_of_within_seconds(settings, tmp_path):
    settings.ALARMS = {"card_testing": 3}
    platform = a_platform()

    with within(10):
        try_cards(platform, 50_00)
        watch.look()

    alarm = SecurityAlarm.objects.get(detector="card_testing")
    told = known(tmp_path)
    assert f"alarm {alarm.id}: card_testing" in told["timeline.txt"]
    assert alarm.id in told["alarms.jsonl"]
    assert_books_balance()


def test_8_who_was_erased_before_a_restore_is_erased_after_it():
    key = a_key(a_platform())
    erased = call(key, "customers", CUSTOMER)["id"]
    guest = {"email": "canary-guest@example.com"}
    paid = a_paid_intent(a_platform(), receipt_email=guest["email"])
    for who in (erased, guest["email"]):
        erasing.erase(subjects.read(who), reason=WHY, at=now())
    kept = list(exports.as_json())
    # The backup is older: what was erased is there again.
    as_owner(
        "UPDATE payments_customer "
        "SET deleted_at = NULL, erase_at = NULL, email = 'canary@example.com'",
        f"UPDATE payments_charge SET receipt_email = '{guest['email']}' "
        f"WHERE payment_intent_id = '{paid.id}'",
    )
    assert Customer.objects.get(id=erased).email == "canary@example.com"

    with within(10):
        count, refused = replaying.replay(replaying.erased_in(kept), reason=WHY, at=now())

    assert (count, refused) == (2, [])
    assert Customer.objects.get(id=erased).email is None
    assert found("canary") == set()
    assert_books_balance()


def test_9_a_client_of_oauth_that_others_have_is_left_without_any_token():
    platform, account = a_platform(), a_platform()
    token = connected(platform, account)
    assert status_of(token["access_token"]) == 200

    with within(1):
        count = clients.end_tokens("ca_" + platform.account_id[5:], reason=WHY, at=now())
        assert status_of(token["access_token"]) == 401

    assert count == 1
    again = Client(headers={"Authorization": f"Bearer {a_key(platform)}"}).post(
        "/oauth/token",
        {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]},
    )
    assert again.status_code == 400
    ended = AuditEvent.objects.get(action="oauth_application.tokens_ended")
    assert (ended.reason, ended.changes) == (WHY, {"accounts": [None, 1]})
    with pytest.raises(Missing):
        clients.end_tokens("ca_none", reason=WHY, at=now())
    assert an_application(a_platform()).client_id.startswith("ca_")
