"""The page on which an operator hands out what is held of somebody, or erases it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Membership
from connect.onboarding.services import people
from payments.models import Customer
from tests import factories
from tests.books import assert_books_balance
from tests.console.reading import text_of
from tests.console.test_customer_page import a_customer, page
from tests.console.test_decided_by_two import decide, rule
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db(transaction=True)


def personal_data(id: str) -> str:
    return reverse("admin:console_personal_data", args=[id])


def client_of(email: str, role: str) -> Client:
    client = Client()
    client.force_login(factories.an_operator(email, role=role))
    return client


def test_everything_is_downloaded_and_then_erased(operator):
    ada = a_customer(a_platform(), payment_method="pm_card_visa")
    a_paid_intent(ada.tenant, customer_id=ada.id)
    there = personal_data(ada.id)
    assert there in operator.get(page(ada)).content.decode()

    unsaid = operator.post(there, {"do": "erase", "reason": " "}).content.decode()
    handed = operator.post(there, {"do": "export", "reason": "Letter of 1 December"})
    done = operator.post(there, {"do": "erase", "reason": "Letter of 1 December"}, follow=True)

    assert 'role="alert"' in unsaid
    assert handed["Content-Disposition"] == f'attachment; filename="{ada.id}.json"'
    assert handed.json()["tables"]["payments.Customer"][0]["email"] == "ada@example.com"
    assert "Erased. What payments may need in a dispute goes by itself" in done.content.decode()
    ada.refresh_from_db()
    assert (ada.name, ada.email, ada.deleted_at is not None) == (None, None, True)
    trail = AuditEvent.objects.filter(target_id=ada.id).order_by("id")
    assert [(one.action, one.reason, one.account_id) for one in trail] == [
        (f"personal_data.{what}", "Letter of 1 December", None)
        for what in ("exported", "erasure_begun", "erased")
    ]
    assert_books_balance()


def test_another_person_approves_if_a_rule_says_so(operator):
    rule("personal_data.erase")
    other = client_of("bob@example.com", "admin")
    ada = a_customer(a_platform())
    there = personal_data(ada.id)

    shown = text_of(operator, there)
    asked = operator.post(there, {"do": "erase", "reason": "She asked"}, follow=True)
    waiting = Customer.objects.get(id=ada.id)
    decided = decide(other)

    assert "Ask for approval to erase" in shown
    assert "Somebody else must approve it" in asked.content.decode()
    assert waiting.email == "ada@example.com"
    assert f"{ada.id} is erased, but for what law and the books keep" in decided
    assert "It is approved, and done." in decided
    assert Customer.objects.get(id=ada.id).email is None
    told = AuditEvent.objects.get(action="personal_data.erased")
    assert (told.actor_email, told.reason) == ("bob@example.com", "She asked")


def test_what_needs_the_data_stands_there_instead_of_the_button(operator):
    ada = a_customer(a_platform())
    intent = a_paid_intent(ada.tenant, customer_id=ada.id, capture_method="manual")
    there = personal_data(ada.id)

    shown = text_of(operator, there)
    pressed = operator.post(there, {"do": "erase", "reason": "She asked"}).content.decode()

    assert f"The payment {intent.id} has not settled." in shown
    assert "Erase for good" not in shown
    assert 'role="alert"' in pressed
    assert Customer.objects.get(id=ada.id).email == "ada@example.com"


def test_a_person_of_a_seller_has_the_page_too_and_strangers_have_none(operator):
    platform = a_platform()
    seller = a_seller(platform)
    row = people.create(
        tenant=platform, account_id=seller.account_id, params={"first_name": "Ada"}, at=now()
    )
    stranger = factories.an_operator("theirs@example.com", role="")
    Membership.objects.create(user=stranger, account_id=a_platform().account_id, role="owner")
    others = Client()
    others.force_login(stranger)

    shown = text_of(operator, personal_data(row.id))

    assert "remove the person from the account, or close it" in shown
    assert others.get(personal_data(row.id)).status_code == 404
    assert operator.get(personal_data("ada@example.com")).status_code == 404
    assert operator.get(personal_data("cus_none")).status_code == 404
    assert client_of("sue@example.com", "support").get(personal_data(row.id)).status_code == 403
