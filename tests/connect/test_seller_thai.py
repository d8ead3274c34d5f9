"""What sellers read in Thai, in the words of those who do business there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, pgettext

from accounts.models import Account
from accounts.services import letters
from connect.models import Person
from connect.onboarding.services import people
from tests.connect.test_seller_drafts import read
from tests.connect.test_seller_tabs import (
    BANK,
    a_company,
    a_company_whose_owners_must_show_papers,
    enter,
    form_of,
)
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db

PAYOUT = "การโอนเงิน"


@pytest.mark.parametrize(
    ("english", "thai"),
    [
        # The admin has other words for these two.
        ("Change", "แก้ไข"),
        ("Remove", "ลบ"),
        ("I trade alone", "บุคคลธรรมดา"),
        ("Who sells?", "ประเภทผู้ขาย"),
        ("Check and finish", "ตรวจสอบและยืนยัน"),
        ("City", "อำเภอ/เขต"),
    ],
)
def test_words_are_those_that_sellers_in_thailand_know(english, thai):
    with translation.override("th"):
        assert gettext(english) == thai


def test_words_of_both_have_the_meaning_of_who_reads_them():
    with translation.override("th"):
        assert pgettext("seller", "Next payout") == f"{PAYOUT}ครั้งถัดไป"
        assert pgettext("seller", "Payments") == "เงินที่ได้รับ"
        assert gettext("Payments") == "การชำระเงิน"


def test_what_is_wrong_with_a_form_is_shown_in_thai():
    platform, tab = a_platform(), Client(headers={"Accept-Language": "th"})
    seller, _ = a_company_whose_owners_must_show_papers(platform)
    base = enter(tab, platform, seller, "account_onboarding")
    form = form_of(tab, f"{base}setup/document")

    tab.post(f"{base}setup/document", form)
    assert "โปรดกรอกช่องนี้" in read(tab, f"{base}setup/document")
    text = SimpleUploadedFile("id.txt", b"This is me.", "text/plain")
    tab.post(f"{base}setup/document", {"front": text} | form)
    shown = read(tab, f"{base}setup/document")
    assert "โปรดอัปโหลดไฟล์ JPG, PNG หรือ PDF" in shown
    assert "identity_document must be" not in shown
    young = {
        "first_name": "Nok",
        "last_name": "Suk",
        "email": "nok@example.com",
        "roles": "owner",
        "dob": f"{now():%Y-%m-%d}",
    }
    tab.post(f"{base}setup/people", young | form)
    assert "โปรดตรวจสอบวันเกิด" in read(tab, f"{base}setup/people")


def test_what_only_the_wire_can_say_is_not_shown_in_english_on_a_thai_page():
    platform, tab = a_platform(), Client(headers={"Accept-Language": "th"})
    seller = a_company(platform)
    base = enter(tab, platform, seller, "account_onboarding")
    form = form_of(tab, f"{base}setup/bank")

    tab.post(f"{base}setup/bank", {**BANK, "account_number": "000"} | form)

    shown = read(tab, f"{base}setup/bank")
    assert "เลขที่บัญชีไม่ถูกต้อง" in shown or "โปรดตรวจสอบ" in shown


def test_people_are_changed_and_removed_in_the_words_of_the_page():
    platform, tab = a_platform(), Client(headers={"Accept-Language": "th"})
    seller = a_company(platform)
    people.create(
        tenant=platform, account_id=seller.account_id, params={"first_name": "Bo"}, at=now()
    )
    base = enter(tab, platform, seller, "account_onboarding")

    shown = read(tab, f"{base}setup/people")

    assert Person.objects.count() == 1
    assert ">แก้ไข</a>" in shown
    assert ">ลบ</button>" in shown
    assert "ถอดออก" not in shown
    assert "เปลี่ยนแปลง" not in shown


def test_whoever_reads_thai_pages_is_written_to_in_thai():
    platform, tab = a_platform(), Client(headers={"Accept-Language": "th"})
    seller = a_company(platform)
    base = enter(tab, platform, seller, "account_onboarding")

    read(tab, f"{base}setup/bank")
    assert letters.language_of(Account.objects.get(id=seller.account_id)) == "th"

    read(tab, f"{base}setup/bank?lang=en")
    assert letters.language_of(Account.objects.get(id=seller.account_id)) == "en"


def test_a_browser_that_says_no_language_says_nothing_of_the_account():
    platform, tab = a_platform(), Client()
    seller = a_company(platform)

    read(tab, f"{enter(tab, platform, seller, 'account_onboarding')}setup/bank")

    assert Account.objects.get(id=seller.account_id).language == ""
