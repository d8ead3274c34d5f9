"""The console in Thai: what is translated is so wholly, compiled, and chosen by whoever reads."""

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from accounts.operator_pages.approved_forms import WAITS_FOR_APPROVAL
from config.launcher.home import ROOT
from connect.onboarding.operator_pages import stops
from connect.onboarding.services import reviews
from connect.payouts.operator_pages import acting, actions, runs, standing
from connect.states import CapabilityStatus, ExternalAccountStatus, PayoutStatus
from console import sidebar, words
from console.live import words as live_words
from console.payments import money
from console.payments.words import STATES, STEPS
from console.payouts import words as payout_words
from console.sellers import papers
from console.sellers import words as seller_words
from core.admin import page_of
from core.durations import UNITS
from payments.disputes.operator_pages import disputes
from payments.disputes.operator_pages import papers as dispute_papers
from payments.inbound.operator_pages import unknown
from payments.intents.operator_pages import authorizations
from payments.method_types.base import REASONS
from payments.refunds.operator_pages import refunds
from payments.unapplied.operator_pages import actions as unapplied
from tests.console.reading import text_of
from tests.console.test_payout_page import a_payout
from tests.factories import a_paid_intent, a_platform

ROOM = ROOT / "console"
FOLDER = ROOM / "locale" / "th" / "LC_MESSAGES"
CALLS = ("gettext", "gettext_lazy")
IN_TEMPLATES = re.compile(r'{% translate "(.*?)"(?: as \w+)? %}')
IN_BLOCKS = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.S)
VALUE = re.compile(r"{{ (\w+) }}")
# Other rooms' pages for operators, which are read in the console too.
PAGES = (
    "accounts/templates/admin", "accounts/templates/people", "connect/templates/admin",
    "payments/templates/admin",
)  # fmt: skip
# Pages whose facts have translated titles; what merchants name is shown as they wrote it.
STORIES = (
    "payments/page", "customers/page", "events/page", "requests/page", "payouts/page",
    "sellers/parts", "sellers/papers",
)  # fmt: skip
TITLES = re.compile(r'(?:fact|linked)\(\s*"(.+?)"|^ {8}"([A-Z][\w ]+)": |, "(\w+)", "admin:', re.M)
LISTS = (
    "payments.paymentintent", "payments.charge", "payments.refund", "payments.customer",
    "payments.dispute", "connect.payout", "webhooks.event", "api.requestlog",
)  # fmt: skip


def catalog() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="th")


def sentences() -> Iterator[str]:
    for folder in (ROOM / "templates", *(ROOT / page for page in PAGES)):
        for path in folder.rglob("*.html"):
            yield from in_template(path.read_text())
    people = (ROOT / "accounts" / "people").rglob("*.py")
    for path in (*ROOM.rglob("*.py"), *ROOT.glob("*/**/operator_pages/**/*.py"), *people):
        yield from in_code(path.read_text())
    for room in STORIES:
        for found in TITLES.findall((ROOM / f"{room}.py").read_text()):
            yield next(one for one in found if one)
    yield from tables()


def in_template(text: str) -> Iterator[str]:
    yield from IN_TEMPLATES.findall(text)
    for block in IN_BLOCKS.findall(text):
        yield VALUE.sub(r"%(\1)s", " ".join(line.strip() for line in block.split("\n")).strip())


def in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def tables() -> Iterator[str]:
    for listed in (sidebar.TABLES, sidebar.PAGES):
        for room, titles in listed.items():
            yield from (room, *titles.values())
    for state in STATES.values():
        yield from (state[0], state[2])
    yield from (word for word, _ in (*STEPS.values(), *words.DELIVERIES.values()))
    yield from money.COLUMNS
    yield from (word for word, _ in payout_words.STEPS.values())
    yield from payout_words.KINDS.values()
    yield from ("Seller", "Account", "Charges", "Payouts", *papers.TYPED.values())
    yield from (*standing.NEXT_STEPS.values(), standing.ANY_STEP)
    yield from (word for found in actions.BY_STATE.values() for _, word, _ in found)
    plain = ("{too_little}", "{error}")
    yield from (word for word in runs.WORDS.values() if word not in plain)
    yield from (*runs.TOO_LITTLE.values(), *runs.WHY_DISABLED.values())
    yield from seller_words.BLOCK_ENDS.values()
    yield from (*unknown.WHAT.values(), *unknown.WHY.values())
    yield from (*reviews.REFUSALS.values(), *stops.KINDS.values())
    for verb in (acting.CANCEL, acting.SEND_AGAIN):
        yield from (verb.title, verb.button, verb.done)
    yield from (*unapplied.WORDS, *unapplied.ENDS.values())
    yield from (*authorizations.REASONS.values(), *authorizations.TITLES.values())
    yield from (*refunds.CODES.values(), *refunds.WARNINGS.values())
    yield from (*disputes.STATES.values(), WAITS_FOR_APPROVAL)
    for reason in (*dispute_papers.REASONS.values(), dispute_papers.GENERAL):
        yield from (reason.meaning, reason.advice)
    for states in (PayoutStatus, ExternalAccountStatus, CapabilityStatus):
        yield from (one.replace("_", " ") for one in states)
    for _, one, many in UNITS:
        yield from (one, many)
    yield from of_the_checklist()
    # What flags are in filters.
    yield from ("Live", "Test", "Yes", "No")
    yield from headings()


def of_the_checklist() -> Iterator[str]:
    for line in live_words.LINE_WORDS.values():
        yield from (line.title, line.what, line.mend, line.why_advice)
    yield from live_words.FOUND.values()
    yield from (word for word, _ in live_words.STATES.values())
    yield from (*REASONS.values(), "Offered to the payer", "Not offered")


def headings() -> Iterator[str]:
    request = RequestFactory().get("/admin/")
    request.user, request.session = AnonymousUser(), {}
    for model, page in admin.site._registry.items():
        if model._meta.label_lower in LISTS:
            for column in page.get_list_display(request):
                yield str(label_for_field(column, model, page))


def test_every_sentence_is_translated_to_thai():
    known = {message.id: message.string for message in catalog() if message.id}

    current = set(sentences()) - {""}

    assert len(current) > 150
    assert {one for one in current if not known.get(one)} == set()
    # Headings of further lists begin small.
    assert {one for one in known if one[0].isupper()} - current == set()


def test_a_translation_names_the_same_values():
    for message in catalog():
        names = re.findall(r"%\(\w+\)s", str(message.id))
        assert sorted(names) == sorted(re.findall(r"%\(\w+\)s", str(message.string))), message.id


def test_what_is_committed_is_compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = read_mo(file)

    assert {m.id: m.string for m in compiled if m.id} == {
        m.id: m.string for m in catalog() if m.id
    }, "Run `make messages`."


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
