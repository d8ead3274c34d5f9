"""The page of an account's settings: what payers are shown, changed by whoever may."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, AuditEvent, Membership
from accounts.services import files
from core.admin import page_of
from tests.factories import a_key, a_platform, a_seller, an_operator, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db
ALL = "/admin/accounts/account/settings/"


def page(tenant):
    return reverse("admin:connect_account_settings", args=[tenant.account_id.replace("_", "_5F")])


def text_of(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def values_of(client, tenant):
    """What the form of the page holds."""
    sections = client.get(page(tenant)).context["sections"]
    return {field.name: field.value() or "" for _, fields, _ in sections for field in fields}


def send(client, tenant, **changes):
    form = values_of(client, tenant) | {"reason": "They asked"} | changes
    return client.post(page(tenant), form, follow=True)


def a_logo(tenant):
    return files.create(
        tenant=tenant,
        purpose="business_logo",
        filename="logo.png",
        content=BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 64),
        sha256="",
        at=now(),
    ).id


def test_a_platform_is_called_on_statements_as_the_page_says(operator):
    platform = a_platform()
    logo = a_logo(platform)
    key = a_key(platform)

    shown = send(
        operator,
        platform,
        statement_descriptor="NOK MARKET",
        primary_color="#0a7f5a",
        logo=logo,
        support_email="help@example.com",
        line1="1 Silom",
        country="TH",
    )

    assert "The settings are kept." in text_of(shown)
    wire = Client().get("/v1/account", headers={"Authorization": f"Bearer {key}"}).json()
    assert wire["settings"]["payments"]["statement_descriptor"] == "NOK MARKET"
    assert wire["settings"]["branding"] == {
        "icon": None,
        "logo": logo,
        "primary_color": "#0a7f5a",
        "secondary_color": None,
    }
    assert wire["business_profile"]["support_email"] == "help@example.com"
    assert wire["business_profile"]["support_address"] == {"line1": "1 Silom", "country": "TH"}
    recorded = AuditEvent.objects.get(action="account.changed")
    assert recorded.changes["settings.payments.statement_descriptor"] == [None, "NOK MARKET"]
    assert recorded.changes["business_profile.support_address.line1"] == [None, "1 Silom"]
    assert len(recorded.changes) == 6
    assert recorded.reason == "They asked"


def test_only_what_was_changed_is_touched_and_what_is_emptied_is_none(operator):
    platform = a_platform(
        settings={"payments": {"statement_descriptor": "NOK"}, "payouts": {"schedule": {"x": 1}}}
    )

    nothing = send(operator, platform)
    send(operator, platform, statement_descriptor="")

    assert "Nothing was changed." in text_of(nothing)
    account = Account.objects.get(id=platform.account_id)
    assert account.settings == {
        "payments": {"statement_descriptor": None},
        "payouts": {"schedule": {"x": 1}},
    }
    assert account.business_profile == {}
    assert AuditEvent.objects.filter(action="account.changed").count() == 1


def test_a_sellers_settings_are_changed_as_its_platform_would(operator):
    platform = a_platform()
    seller = a_seller(platform)

    send(operator, seller, support_phone="+66 2 123 4567", name="Ada & Daughters")

    account = Account.objects.get(id=seller.account_id)
    assert account.business_profile["support_phone"] == "+66 2 123 4567"
    assert account.name == "Ada & Daughters"
    recorded = AuditEvent.objects.get(action="account.changed")
    assert recorded.changes["business_profile.support_phone"] == [None, "+66 2 123 4567"]
    event = Event.objects.filter(type="account.updated", object_id=seller.account_id).latest("id")
    assert "+66 2 123 4567" in event.data


WRONG = (
    ({"reason": ""}, "Say why"),
    ({"statement_descriptor": "<NOK>"}, "Banks print Latin letters"),
    ({"statement_descriptor": "1234"}, "Banks print Latin letters"),
    ({"statement_descriptor": "N" * 23}, "at most 22 characters"),
    ({"primary_color": "green"}, "Write a colour as #"),
    ({"support_email": "nok"}, "valid email address"),
    ({"support_url": "nok"}, "address on the web"),
    ({"logo": "file_1"}, "valid choice"),
    ({"country": "XX"}, "valid choice"),
)


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(operator):
    platform = a_platform()
    form = values_of(operator, platform) | {"reason": "They asked", "city": "Bangkok"}

    for change, problem in WRONG:
        shown = operator.post(page(platform), form | change)

        assert problem in text_of(shown), change
        assert 'role="alert"' in shown.content.decode()
        assert 'value="Bangkok"' in shown.content.decode()
    assert Account.objects.get(id=platform.account_id).business_profile == {}


def test_a_closed_account_keeps_what_it_had(operator):
    platform = a_platform(closed_at=now())

    assert "is closed" in text_of(send(operator, platform, city="Bangkok"))
    assert Account.objects.get(id=platform.account_id).business_profile == {}


def test_settings_are_listed_for_operators_and_lead_members_to_their_own(operator):
    platform, other = a_platform(), a_platform()
    seller = a_seller(platform)
    person = an_operator("boss@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="admin")
    member = Client()
    member.force_login(person)

    listed = operator.get(ALL).content.decode()

    assert {page(platform), page(other)} <= set(re.findall(r'href="([^"]+)"', listed))
    assert member.get(ALL)["Location"] == page(platform)
    assert "The settings are kept." in text_of(send(member, seller, city="Bangkok"))
    assert member.get(page(other)).status_code == 404
    assert member.post(page(other), {"reason": "x"}).status_code == 404
    own = operator.get(page_of("accounts_account", platform.account_id)).content.decode()
    assert page(platform) in own


def test_both_pages_ask_as_much_of_one_as_of_fifty(operator):
    platform = a_platform()

    def queries():
        counts = []
        for address in (ALL, page(platform)):
            with CaptureQueriesContext(connection) as seen:
                assert operator.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    few = queries()
    for _ in range(49):
        a_platform()
        a_logo(platform)

    assert queries() == few


def test_alerts_are_chosen_on_the_page_and_are_not_on_the_wire(operator):
    platform = a_platform()
    seller = a_seller(platform)
    key = a_key(platform)
    events = Event.objects.count()
    assert not any(
        values_of(operator, seller)[name]
        for name in ("dispute_opened", "payout_failed", "endpoint_failing", "alert_address")
    )

    for tenant in (platform, seller):
        send(operator, tenant, dispute_opened="on", alert_address="risk@example.com")
        account = Account.objects.get(id=tenant.account_id)
        assert account.alerts == {"dispute_opened": True, "address": "risk@example.com"}
    assert values_of(operator, seller)["dispute_opened"] is True
    send(operator, platform, dispute_opened="", payout_failed="on", alert_address="")

    account = Account.objects.get(id=platform.account_id)
    assert account.alerts == {"dispute_opened": None, "payout_failed": True, "address": None}
    recorded = AuditEvent.objects.filter(action="account.changed").latest("id")
    assert recorded.changes["alerts.dispute_opened"] == [True, None]
    assert Event.objects.count() == events
    wire = Client().get("/v1/account", headers={"Authorization": f"Bearer {key}"})
    assert "alerts" not in wire.json()["settings"].keys() | wire.json().keys()
    wrong = send(operator, platform, alert_address="risk")
    assert "valid email address" in text_of(wrong)


def test_an_account_says_on_the_page_that_it_writes_to_payers_itself(operator):
    platform = a_platform()

    send(operator, platform, own_receipts="on")

    assert Account.objects.get(id=platform.account_id).alerts == {"own_receipts": True}
    assert values_of(operator, platform)["own_receipts"] is True
    recorded = AuditEvent.objects.get(action="account.changed")
    assert recorded.changes == {"alerts.own_receipts": [None, True]}
