"""Attacks that somebody plays, with few tries: each is found and told of in plain words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.detection import alarms, watch
from accounts.detection.detectors import DETECTORS, Answer
from accounts.models import Account, ApiKey, Letter, SecurityAlarm, SecurityPlace
from accounts.services import api_keys
from console.models import Export, ExportStatus
from core.detection import measures
from core.detection.measures import Measures
from core.errors import InvalidRequest
from core.limits.figures import parse
from payments.intents.services import payment_intents
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.connect.test_payout_holds import changed
from tests.factories import (
    a_bank_account,
    a_key,
    a_paid_intent,
    a_platform,
    a_seller_with,
    an_operator,
    now,
)
from tests.people.proving import enter_password, with_application

pytestmark = [pytest.mark.django_db, pytest.mark.attacks]

# So many of each are an attack here.
FEW = 3
DECLINED = (
    "chargeDeclined", "chargeDeclinedInsufficientFunds", "chargeDeclinedExpiredCard",
    "chargeDeclinedIncorrectCvc", "chargeDeclinedProcessingError",
)  # fmt: skip
HOME, ABROAD = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def few_are_an_attack(settings):
    settings.ALARMS = {name: FEW for name, detector in DETECTORS.items() if detector.threshold > 1}
    watch.forget_told()
    yield
    measures.hold(Measures())


@pytest.fixture
def shop():
    """An account with an owner's address."""
    tenant = a_platform()
    Account.objects.filter(id=tenant.account_id).update(email="owner@example.com")
    return tenant


def ask(key, method, path, address=HOME, **params):
    kind = {"content_type": "application/json"} if method == "post" else {}
    headers = {"Authorization": f"Bearer {key}"}
    browser = Client(REMOTE_ADDR=address)
    return getattr(browser, method)(f"/v1/{path}", params, headers=headers, **kind)


def try_cards(shop, amount):
    key = a_key(shop)
    for card in DECLINED[:FEW]:
        wanted = {"amount": amount, "currency": "usd", "confirm": True}
        answer = ask(key, "post", "payment_intents", payment_method=f"pm_card_{card}", **wanted)
        assert answer.status_code == 402


def payers_card(shop):
    key = a_key(shop, kind="publishable")
    for card in DECLINED[:FEW]:
        intent = payment_intents.create(tenant=shop, amount=50_00, currency="usd", at=now())
        path = f"payment_intents/{intent.id}/confirm"
        secret = intent.client_secret
        by_payer(key, path, secret, card)


def by_payer(key, path, secret, card):
    named = {"client_secret": secret, "payment_method": f"pm_card_{card}"}
    return ask(key, "post", path, return_url="https://example.com", **named)


def from_a_new_network(shop):
    key = a_key(shop)
    ask(key, "get", "balance")
    watch.look()
    long_ago = now() - timedelta(days=3)
    SecurityPlace.objects.update(first_at=long_ago, last_at=long_ago)
    ask(key, "get", "balance", ABROAD)


def in_two_places(shop):
    key = a_key(shop)
    ask(key, "get", "balance")
    watch.look()
    SecurityPlace.objects.update(first_at=now() - timedelta(days=3))
    ask(key, "get", "balance", ABROAD)


def other_tenants_ids(shop):
    key, other = a_key(shop), a_platform()
    for _ in range(FEW):
        intent = payment_intents.create(tenant=other, amount=1_00, currency="usd", at=now())
        assert ask(key, "get", f"payment_intents/{intent.id}").status_code == 404


def without_permission(shop):
    key = a_key(shop, kind="restricted", permissions={"payment_intent": "read"})
    for path in ("balance", "customers", "refunds"):
        assert ask(key, "get", path).status_code == 403


def failures(shop):
    wanted = {"amount": 1_00, "currency": "usd", "outcome": "bug"}
    with override_settings(ROOT_URLCONF="tests.api.room"):
        for _ in range(8):
            assert ask(a_key(shop), "post", "widgets", **wanted).status_code == 500


def many_refunds(shop):
    key, intent = a_key(shop), a_paid_intent(shop, payment_method="pm_card_bypassPending")
    for _ in range(FEW):
        assert ask(key, "post", "refunds", payment_intent=intent.id, amount=1).status_code == 200


def old_refunds(shop):
    before = now() - timedelta(days=70)
    card = {"payment_method": "pm_card_bypassPending", "confirm": True}
    for _ in range(FEW):
        intent = payment_intents.create(tenant=shop, amount=1_00, currency="usd", at=before, **card)
        refunds.create(tenant=shop, intent_id=intent.id, at=now())


def payout_elsewhere(shop):
    seller = a_seller_with(shop, 100_00)
    a_bank_account(seller)
    changed(seller)
    answer = ask(a_key(seller), "post", "payouts", amount=40_00, currency="usd")
    assert answer.status_code == 200


def wrong_passwords(shop):
    an_operator()
    for number in range(FEW):
        enter_password(Client(), password=f"wrong {number}")


def wrong_codes(shop):
    with_application(an_operator())
    browser = Client()
    enter_password(browser)
    for number in range(FEW):
        browser.post("/admin/login/second/", {"code": f"00000{number}"})


def on_a_new_device(shop):
    an_operator()
    enter_password(Client(REMOTE_ADDR=HOME))
    watch.look()
    enter_password(Client(REMOTE_ADDR=ABROAD))


def read_by_staff(shop):
    browser = Client()
    browser.force_login(an_operator())
    for _ in range(FEW):
        browser.get("/admin/accounts/apikey/")


def exported_by_staff(shop):
    browser = Client()
    browser.force_login(an_operator())
    page = reverse("admin:console_exports")
    for _ in range(FEW):
        assert browser.post(page, {"page": "accounts_apikey", "query": "?"}).status_code == 302
        # So many may be under way at once.
        Export.objects.update(status=ExportStatus.DONE)


def live_without_tls(shop):
    answer = ask(f"sk_live_rlt{'a' * 40}", "get", "balance")
    assert answer.status_code == 403


def publishable_for_secret(shop):
    key = a_key(shop, kind="publishable")
    for path in ("balance", "customers", "refunds"):
        assert ask(key, "get", path).status_code in (401, 403)


def unsigned_notices(shop):
    for _ in range(FEW):
        Client().post("/inbound/simulator/", b"{}", content_type="application/json")


def wrong_keys(shop):
    for number in range(FEW):
        assert ask(f"sk_test_rlt{number:040}", "get", "balance").status_code == 401


# Detector → what an attacker does, and what its alarm says.
ATTACKS: dict[str, tuple[Callable[..., object], str]] = {
    "card_testing": (lambda shop: try_cards(shop, 50_00), "3 cards were declined"),
    "cards_of_network": (payers_card, "3 different cards from 198.51.100.0/24"),
    "cards_of_key": (lambda shop: try_cards(shop, 50_00), "3 different cards were declined by key"),
    "small_amounts": (lambda shop: try_cards(shop, 1_00), "declined on 3 different cards"),
    "key_from_new_network": (from_a_new_network, "was used from 203.0.113.0/24"),
    "key_in_two_places": (in_two_places, "and from 198.51.100.0/24 within the same 10 minutes"),
    "id_probing": (other_tenants_ids, "asked for 3 different objects that it does not have"),
    "permission_probing": (without_permission, "asked 3 times within 5 minutes"),
    "failures": (failures, "8 requests to POST /v1/widgets failed"),
    "refund_velocity": (many_refunds, "3 refunds were made within 5 minutes"),
    "refund_ratio": (many_refunds, "3 refunds were made within a day, to 1 payments"),
    "old_refunds": (old_refunds, "3 payments of more than 60 days ago"),
    "payout_to_changed_destination": (payout_elsewhere, "A payout was ordered to ba_"),
    "login_failures": (wrong_passwords, "3 wrong passwords came from 127.0.0.0/24"),
    "factor_failures": (wrong_codes, "operator@example.com, or whoever has that password"),
    "new_device": (on_a_new_device, "operator@example.com logged in from 203.0.113.0/24"),
    "staff_reading": (read_by_staff, "operator@example.com opened 3 pages"),
    "staff_exports": (exported_by_staff, "operator@example.com made 3 exports"),
    "live_key_in_clear": (live_without_tls, "came without TLS"),
    "publishable_key_misused": (publishable_for_secret, "asked 3 times within 10 minutes"),
    "notices_refused": (unsigned_notices, "3 notices for simulator"),
    "wrong_keys_of_network": (wrong_keys, "3 wrong API keys came from 198.51.100.0/24"),
    "wrong_keys_of_start": (wrong_keys, "that begin with sk_test_rlt00000"),
}


def test_every_detector_has_its_attack():
    assert set(ATTACKS) == set(DETECTORS)


@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_is_found_at_once_and_told_of_in_plain_words(name, shop, settings):
    settings.API_LIVE_NEEDS_TLS = True
    attack, sentence = ATTACKS[name]

    attack(shop)
    watch.look()

    alarm = SecurityAlarm.objects.get(detector=name)
    assert sentence in alarms.sentence_of(alarm)
    assert alarm.count >= alarm.threshold
    assert alarm.answer != Answer.RECORD
    assert_books_balance()


def test_all_cards_of_an_account_are_challenged_while_cards_are_tried_out_there(shop, settings):
    settings.ALARMS = {"card_testing": FEW}
    key, other = a_key(shop), a_key(a_platform())
    card = {"amount": 50_00, "currency": "usd", "confirm": True}
    card |= {"payment_method": "pm_card_threeDSecureOptional", "return_url": "https://example.com"}

    try_cards(shop, 50_00)
    watch.look()

    assert ask(key, "post", "payment_intents", **card).json()["status"] == "requires_action"
    assert ask(other, "post", "payment_intents", **card).json()["status"] == "succeeded"
    letter = Letter.objects.get()
    assert letter.email == "owner@example.com"
    assert "Card testing" in letter.subject
    assert "3 cards were declined within 5 minutes." in letter.body


def test_one_network_is_slowed_down_and_nobody_else(shop, settings):
    settings.LIMITS = settings.LIMITS | {"slowed": parse("slowed", "1/h burst 1")}
    payers_card(shop)
    watch.look()
    intent = payment_intents.create(tenant=shop, amount=50_00, currency="usd", at=now())
    public, path = a_key(shop, kind="publishable"), f"payment_intents/{intent.id}"

    def look(address):
        return ask(public, "get", path, address, client_secret=intent.client_secret).status_code

    assert [look(HOME), look(HOME), look(ABROAD), look(ABROAD)] == [200, 429, 200, 200]
    assert ask(a_key(shop), "get", path).status_code == 200
    alarm = SecurityAlarm.objects.get(detector="cards_of_network")
    alarms.undo(alarm_id=alarm.id, at=now())
    assert [look(HOME), look(HOME)] == [200, 200]
    # Nor is it slowed down again while the same attack goes on.
    payers_card(shop)
    watch.forget_told()
    watch.look()
    assert [look(HOME), look(HOME)] == [200, 200]


def test_a_key_in_two_places_is_suspended_only_where_operators_chose_that(shop, settings):
    in_two_places(shop)
    watch.look()
    alarm = SecurityAlarm.objects.get()
    assert alarm.answer == Answer.NOTIFY

    settings.ALARMS_SUSPEND_KEYS = True
    watch.forget_told()
    key = a_key(shop)
    SecurityPlace.objects.all().delete()
    for address in (HOME, ABROAD):
        assert ask(key, "get", "balance", address).status_code == 200
        watch.look()
        SecurityPlace.objects.update(first_at=now() - timedelta(days=3))

    refused = ask(key, "get", "balance")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "api_key_suspended"
    suspended = SecurityAlarm.objects.get(subject=f"key:{key_id(key)}")
    alarms.undo(alarm_id=suspended.id, at=now())
    assert ask(key, "get", "balance").status_code == 200


def test_a_longer_attack_is_one_alarm_that_grows_and_one_letter(shop, settings):
    for _ in range(2):
        without_permission(shop)
    key = a_key(shop, kind="restricted", permissions={})
    for _ in range(2):
        for _ in range(2 * FEW):
            ask(key, "get", "balance")
        watch.look()

    alarm = SecurityAlarm.objects.get(subject=f"key:{key_id(key)}")
    assert (alarm.count, alarm.answer) == (4 * FEW, Answer.SLOW)
    # Of the first answer, and of the stronger one.
    assert Letter.objects.filter(occurrence__startswith=alarm.id).count() == 2


def key_id(key):
    return ApiKey.objects.get(hint=api_keys.hint(key)).id


def test_alarms_of_test_mode_are_kept_and_trouble_nobody_unless_that_is_chosen(shop, settings):
    settings.TEST_ALARMS_ANSWERED = False

    try_cards(shop, 50_00)
    watch.look()

    assert {row.answer for row in SecurityAlarm.objects.all()} == {Answer.RECORD}
    assert not Letter.objects.exists()
    assert not measures.held().challenged


def test_what_somebody_has_acknowledged_raises_no_alarm_within_the_hour(shop):
    wrong_keys(shop)
    watch.look()
    person = an_operator()
    for alarm in SecurityAlarm.objects.all():
        alarms.acknowledge(alarm_id=alarm.id, by=person, at=now())
    watch.forget_told()

    wrong_keys(shop)
    watch.look()
    assert not SecurityAlarm.objects.filter(acknowledged_at=None).exists()
    with pytest.raises(InvalidRequest, match="has acknowledged it already"):
        alarms.acknowledge(alarm_id=SecurityAlarm.objects.first().id, by=person, at=now())

    watch.forget_told()
    wrong_keys(shop)
    watch.look_at(now() + timedelta(hours=2))
    # Another window, so that as many are needed anew.
    assert SecurityAlarm.objects.filter(acknowledged_at=None).count() == 2
