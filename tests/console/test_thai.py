"""The console in Thai: what is translated is so wholly, compiled, and chosen by whoever reads."""

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.urls import reverse
from django.utils.translation import gettext, override

from config.launcher.home import ROOT
from core.admin import page_of
from payments import method_types
from tests.console.reading import text_of
from tests.console.sentences import sentences
from tests.console.test_payout_page import a_payout
from tests.factories import a_paid_intent, a_platform

FOLDER = ROOT / "console" / "locale" / "th" / "LC_MESSAGES"


CODES = re.compile(r"[a-z]+_…|<[^>]*>|[\w:]+:[\w:-]+")
VALUES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# Grants, algorithms, codes of languages and methods, which are called so in every language.
AS_THEY_ARE = {
    "confidential", "public", "authorization-code", "client-credentials", "openid-hybrid", "RS256",
    "HS256", "No OIDC support", "dcr", "cimd", "connect", "fapi2", "FAPI 2.0", "en", "th",
    *(method_types.of(type).title for type in method_types.TYPES),
}  # fmt: skip


def catalog() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="th")


def told(messages: Catalog) -> dict[str, str]:
    # Some have a plural, which is a list in one of both and a tuple in the other.
    return {"".join(one.id): "".join(one.string) for one in messages if one.id}


def test_every_sentence_is_translated_to_thai():
    known = {message.id for message in catalog() if message.id and message.string}
    # Ids that a search takes, and the like, are no words.
    current = {one for one in sentences() if re.search("[A-Za-z]{2}", CODES.sub("", one))}

    with override("th"):
        left = {one for one in current - known if gettext(one) == one}

    assert len(current) > 2_000
    assert left - AS_THEY_ARE == set()
    # Reasons of declines begin small.
    assert {one for one in known if one[0].isupper()} - current == set()


def test_a_sentence_stands_once_in_a_catalogue():
    for path in ROOT.glob("*/locale/th/LC_MESSAGES/django.po"):
        told = re.findall(r"^((?:msgctxt .*\n)?msgid (?:.*\n\"?)+?)msgstr", path.read_text(), re.M)
        assert [one for one in set(told) if told.count(one) > 1] == [], path


def test_a_translation_names_the_same_values():
    for message in catalog():
        names = VALUES.findall(str(message.id))
        assert sorted(set(names)) == sorted(set(VALUES.findall(str(message.string)))), message.id


def test_what_is_committed_is_compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = read_mo(file)

    assert told(compiled) == told(catalog()), "Run `make messages`."


@pytest.mark.django_db
def test_somebody_reads_the_console_in_thai_from_when_they_chose_it(operator):
    intent = a_paid_intent(a_platform())
    page, listed = page_of("payments_paymentintent", intent.id), "/admin/payments/refund/"
    assert "Where the money is" in text_of(operator, page)

    answer = operator.post(reverse("admin:console_language"), {"language": "th", "next": page})

    assert answer["Location"] == page
    payout = a_payout()
    preview = reverse("admin:payments_preview", args=[intent.latest_charge_id])
    paid_out = page_of("connect_payout", payout.id)
    seller = page_of("accounts_account", payout.account_id)
    for words_of, found in (
        (paid_out, ("รอส่ง", "กันเงินไว้แล้ว", "รวม", "เก็บบันทึก")),
        (seller, ("รับชำระเงิน", "ยอดคงเหลือ", "จ่ายเงินไปที่ไหน", "การจ่ายเงินออกล่าสุด")),
        (page, ("โหมดทดสอบ", "เปิดเมื่อ", "เงินอยู่ที่ไหน", "เรียกเก็บแล้ว 100.00 USD", "ลูกค้า")),
        ("/admin/", ("งานที่รอคุณ", "ไม่มีข้อพิพาทที่รอคำตอบ", "ภาพรวมธุรกิจ เป็น USD", "(100.0 %)")),
        (preview, ("ยังคืนเงินได้ 100.00 USD", "แสดงผลที่จะเกิดขึ้น", "จำนวนเงินเป็น USD")),
        (reverse("people_step_up"), ("ยืนยันว่าเป็นคุณ", "ย้อนกลับ")),
        (listed, ("ข้อมูลทดสอบ", "ตัวกรอง", "บันทึกและส่งออก")),
    ):
        shown = text_of(operator, words_of)
        assert [one for one in found if one not in shown] == []
    assert 'lang="th"' in operator.get(page).content.decode()
    operator.post(reverse("admin:console_language"), {"language": "en"})
    assert "Where the money is" in text_of(operator, page)


@pytest.mark.django_db
def test_only_a_known_language_is_chosen_and_the_way_back_is_ours(operator):
    address = reverse("admin:console_language")

    answer = operator.post(address, {"language": "xx", "next": "https://evil.example/"})

    assert answer["Location"] == reverse("admin:index")
    assert "rialto_console_language" not in answer.cookies
    assert operator.get(address).status_code == 405


def test_no_sentence_has_two_translations():
    translations: dict[tuple[str, str | None], set[str]] = {}
    for catalog in ROOT.glob("*/locale/th/LC_MESSAGES/django.po"):
        with catalog.open("rb") as file:
            for message in read_po(file, locale="th"):
                key = (str(message.id), message.context)
                translations.setdefault(key, set()).add(str(message.string))

    # Whichever room comes first, its words are shown in all.
    assert {key: thai for key, thai in translations.items() if key[0] and len(thai) > 1} == {}
