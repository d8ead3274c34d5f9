"""What moves money, makes keys, exports or says who may what is asked for a proof first."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import an_operator
from tests.people.proving import logged_in, with_application

pytestmark = pytest.mark.django_db
POSTED = [
    "admin:connect_open_platform", "admin:connect_payouts_to_look_at",
    "admin:connect_negative_balances", "admin:connect_bank_files", "people_invitations",
    "admin:payments_feeschedule_add", "admin:connect_exchangerate_add",
    "admin:connect_payoutprice_add", "admin:connect_locationcash_add",
    "admin:accounts_membership_add", "admin:accounts_membership_changelist",
    "admin:accounts_user_add", "admin:accounts_apikey_add", "admin:connect_payoutprice_changelist",
]  # fmt: skip


@pytest.fixture
def stale(settings):
    """A browser in which the second factor was proven five minutes ago."""
    settings.ADMIN_WITHOUT_MFA = False
    with_application(an_operator())
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False) as clock:
        browser = logged_in()
        clock.shift(301)
        yield browser


@pytest.mark.parametrize("page", POSTED)
def test_a_form_is_asked_for_a_proof_and_the_page_may_be_looked_at(stale, page):
    asked = stale.post(reverse(page), {"do": "something"})

    assert "<h1" in asked.content.decode()
    assert "Confirm that it is you" in asked.content.decode()
    assert 'name="do" value="something"' in asked.content.decode()
    assert stale.get(reverse(page)).status_code == 200


@pytest.mark.parametrize("page", ["accounts_apikey_change", "webhooks_roll_secret"])
def test_secrets_are_not_replaced_without(stale, page):
    asked = stale.post(reverse(f"admin:{page}", args=["x_1"]), {"do": "roll"})

    assert "Confirm that it is you" in asked.content.decode()


def test_a_file_for_the_bank_is_not_taken_away_without(stale):
    answer = stale.get(f"{reverse('admin:connect_bank_files')}bf_1.xml")

    assert answer["Location"].startswith("/admin/confirm/?next=")


def test_a_file_that_was_sent_is_chosen_again(stale):
    file = SimpleUploadedFile("statement.xml", b"<x/>")
    answer = stale.post(reverse("admin:connect_bank_files"), {"do": "take", "file": file})

    assert answer["Location"].startswith("/admin/confirm/?next=")
    assert "choose the file again" in stale.get(answer["Location"]).content.decode()
