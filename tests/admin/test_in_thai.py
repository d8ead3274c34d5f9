"""Every page of the console in Thai: nothing is left in English but names, codes and ids."""

import re
from html.parser import HTMLParser

import pytest

from accounts.models import User
from checkout.models import Coupon, PromotionCode
from core.ids import PREFIXES
from tests.admin.test_every_address import _NAMED, ALL, fill, key_of
from tests.hostile import HOSTILE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What is shown as the wire, the books or a program has it, and is no sentence.
SHOWN_AS_IT_IS = {"code", "pre", "script", "style", "textarea"}
READ_ALOUD = {"alt", "aria-label", "data-label", "data-title", "placeholder", "title"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "path", "use", "rect", "circle"}
# Ids and words of the wire, addresses, amounts, settings and what only a program has written.
CODES = re.compile(
    r"\S*[a-z]+_\S*|\S*\*\S*|\b[a-z]+(\.[a-z]+)+\b|https?://\S*|[\w.]+@[\w.]+|[\w./]*/[\w./-]+"
    r"|[\d.,]+[ \u00a0][A-Z]{3}\b|\b[A-Z][A-Z_]{3,}\b|\b\w*[0-9]\w*\b|\bgroup:\S+"
)
# Names, abbreviations, and words that merchants, the tests and the wire chose.
NAMES = set(
    """
    absent account accounts active Ada adjustment DE Adyen Afterpay afterpay Alipay alipay amount
    any API Apple Area available Bancontact bancontact BANK bank beancount BIC BLIK blik booked
    Budget bypassPending camt Card card charge charges Checkout Clearpay clearpay Client Code
    Connect Connections CORS credit CSV Customer daily Debit debit destination Developers digest
    Direct direct Django docs ECI Ed endive English ephemeral EPS eps EUR eur express failing
    filed fraudulent GET Gone GrabPay grabpay HARBOUR Hello HMAC hmac HTTP http https IBAN ID id
    iDEAL ideal Implicit in IP JPY KB key kind Klarna klarna Konbini konbini LDAP login main MB
    md me misc ms NAME new number OAuth On on once open OpenID operator ORDER other own paid
    pain Pay payment payments PayNow paynow payout payouts pdf pending pepper Pix pix Platform
    poa POST Post present processing processor PromptPay promptpay Przelewy publishable queued
    Radar refund report returning RIALTO Rialto Routing secret Secure SEPA sepa service SHA Sha
    Shop Sign Signing Simulated simulator Single Something something source split standard
    statement Stripe succeeded Swish swish Tea tea TEST test tokens transfer transfers unpaid
    unspecified unverified URI URL US us USD usd UTC variable VAT verified Visa visa wallet
    webhook webhooks Wero xid XML
    """.split()
)

# What a service says to programs stands behind a sentence of the reader's language.
TO_PROGRAMS = re.compile(r"(?<=[\u0e01-\u0e5b]) \([^\u0e01-\u0e5b]+\)$")
# What somebody typed is shown as it is.
TYPED = set(re.findall(r"[A-Za-z]{2,}", HOSTILE))


class Read(HTMLParser):
    """What somebody sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag, attributes) -> None:
        given = dict(attributes)
        self.words += [value for name, value in attributes if name in READ_ALOUD and value]
        is_icon = "material-symbols" in (given.get("class") or "")
        if tag not in VOID:
            self._open.append((tag, is_icon or tag in SHOWN_AS_IT_IS))

    def handle_endtag(self, tag) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text) -> None:
        if not any(is_silent for _, is_silent in self._open):
            self.words.append(" ".join(text.split()))


def english_of(page: str, drawn: set[str]) -> set[str]:
    """What a page says in English, besides codes that were drawn by lot."""
    reader = Read()
    reader.feed(page)
    return {
        text
        for text in reader.words
        if set(re.findall(r"[A-Za-z]{2,}", CODES.sub(" ", TO_PROGRAMS.sub("", text))))
        - NAMES
        - TYPED
        - drawn
    }


def ids_in_capitals(page: str) -> set[str]:
    """Ids that begin with a capital, as no id does: somebody has made a heading of one."""
    found = re.findall(r"\b([A-Z][a-z]+(?:_[a-z]+)?)(_[0-9A-Za-z]{6,})", page)
    return {f"{prefix}{rest}" for prefix, rest in found if prefix.lower() in PREFIXES}


def test_every_page_is_read_in_thai_but_for_names_and_codes(operator, business):
    operator.post("/admin/language/", {"language": "th"})
    person, read, left = User.objects.get(email="operator@example.com"), 0, {}
    drawn = {*Coupon.objects.values_list("public_id", flat=True)}
    drawn |= {*PromotionCode.objects.values_list("code", flat=True)}

    for route in ALL:
        key = key_of(route)
        if _NAMED.search(route) and key is None:
            continue
        if "_auth_user_id" not in operator.session:
            # Some pages end the session.
            operator.force_login(person)
        answer = operator.get(fill(route, key or ""))
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            read += 1
            page = answer.content.decode()
            if found := english_of(page, drawn) | ids_in_capitals(page):
                left[route] = sorted(found)

    assert left == {}, "\n".join(f"{k}: {v}" for k, v in left.items())
    assert read > 170
