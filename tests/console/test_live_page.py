"""The page of going live: what is missing, what can be tried out, and the switch."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from processors.accounts import live_payments
from tests.console import live_world, reading
from tests.factories import an_operator, now
from tests.people.proving import logged_in, with_application
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db
# Two of them ask who it is.
_QUERIES = 7


def page():
    return reverse("admin:console_live")


def post(client, **fields):
    answer = client.post(page(), fields, follow=True, secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


def a_client(role):
    client = Client()
    client.force_login(an_operator(f"{role}@market.se", role=role))
    return client


@pytest.fixture
def owner(settings):
    """An owner who has just proven a second factor, where all is done."""
    live_world.do_all(settings, people=False)
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    with_application(an_operator())
    client = logged_in()
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    return client


def test_a_new_installation_is_told_all_that_is_missing(operator):
    shown = reading.text_of(operator, page())

    assert "Live payments off" in shown
    assert "10 of 10 necessary lines are open: Public address; Settings" in shown
    for expected in (
        "RIALTO_ADMIN_WITHOUT_MFA is on",
        "rialto live check-restore",
        "Rialto pays out in euros alone",
        "Live payments can be switched on here once these are done.",
    ):
        assert expected in shown
    assert reading.count(operator, page()) <= _QUERIES
    refused = post(operator, do="on", reason="We open.")
    assert "Live payments stay off. Still to do: Public address;" in refused
    assert not live_payments.read().is_on


def test_they_are_switched_on_and_off_with_a_reason(owner):
    assert "All necessary lines are done." in post(owner)
    silent = post(owner, do="on", reason="")
    shown = post(owner, do="on", reason="We open.")

    assert "Say why" in silent
    assert "Live payments are on." in shown
    assert "operator@example.com: We open." in shown
    assert live_payments.read().is_on
    (told,) = AuditEvent.objects.filter(action="live_payments.on")
    assert (told.actor_email, told.reason) == ("operator@example.com", "We open.")
    assert told.step_up_seconds is not None

    def home():
        return reading.words_of(owner.get("/admin/", secure=True))

    owner.post("/admin/mode/", {"livemode": "true"}, secure=True)
    left = "necessary lines of their checklist are open: Webhooks."
    assert left not in home()
    Endpoint.objects.update(is_enabled=False)
    assert left in home()
    stopped = post(owner, do="off", reason="Fraud.")

    assert "Live payments are off. What was taken goes on." in stopped
    assert not live_payments.read().is_on
    assert AuditEvent.objects.get(action="live_payments.off").reason == "Fraud."


def test_who_proves_no_factor_switches_nothing(owner, settings):
    with_old_proof = Client()
    with_old_proof.cookies = owner.cookies
    session = with_old_proof.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()

    asked = with_old_proof.post(page(), {"do": "on", "reason": "We open."}, secure=True)

    assert "Confirm that it is you" in asked.content.decode()
    assert not live_payments.read().is_on


def test_who_may_only_look_changes_nothing(settings):
    live_payments.switch(is_on=True, reason="We open.", at=now())
    for role in ("operator", "finance", "developer", "auditor"):
        client = a_client(role)
        assert "Switch live payments" not in reading.text_of(client, page())
        assert client.post(page(), {"do": "off", "reason": "No."}).status_code == 403
    assert a_client("support").get(page()).status_code == 403
    assert live_payments.read().is_on
    assert "Switch off" in reading.text_of(a_client("admin"), page())


def test_the_address_and_mail_are_tried_from_the_page(operator, settings):
    with live_world.answering() as settings.PUBLIC_URL:
        tried = post(operator, do="try_address")
    sent = post(operator, do="try_mail")
    nothing = post(operator, do="something")

    assert "The console&#x27;s page came." in tried
    assert "A letter to operator@example.com was taken." in sent
    assert mail.outbox[0].to == ["operator@example.com"]
    assert "use a button of this page" in nothing
    assert AuditEvent.objects.filter(action="live_drill.made").count() == 2


def test_the_page_is_read_in_thai(operator):
    operator.post(reverse("admin:console_language"), {"language": "th"})

    shown = reading.text_of(operator, page())

    for expected in ("เปิดรับเงินจริง", "ยังไม่เสร็จ", "ยังไม่เคยลองกู้คืนข้อมูลสำรอง"):
        assert expected in shown
