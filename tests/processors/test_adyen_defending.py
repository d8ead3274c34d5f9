"""How disputes are answered at Adyen: by its reasons, with its documents, once."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection
from PIL import Image
from pypdf import PdfReader

from core.errors import InvalidRequest
from payments.disputes.services import dispute_answers
from payments.models import Dispute
from processors import registry
from processors.adyen.defending import offers, papers
from processors.adyen.defending.offers import Document, Offer
from processors.adyen.rail import AdyenRail
from processors.protocols.disputes import EvidenceRefused, Paper
from tests import rails
from tests.accounts.test_files import a_file
from tests.books import assert_books_balance, total
from tests.doubles.adyen.disputes import OFFERS
from tests.factories import a_paid_intent, a_platform, now
from tests.papers import a_pdf, a_picture
from tests.processors.adyen_world import AdyenWorld
from tests.processors.test_conformance import LATER, hear
from tests.survival import crashing

pytestmark = pytest.mark.django_db(transaction=True)

DELIVERED = {"shipping_tracking_number": "1Z 999", "shipping_date": "2026-11-03"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    world = AdyenWorld(tmp_path_factory.mktemp("adyen"))
    yield world
    world.there.close()


@pytest.fixture
def there(place, transactional_db):
    with place.installed():
        yield place
    place.assert_it_agrees()
    assert_books_balance()


def disputed(there, platform, card="createDispute"):
    intent = a_paid_intent(platform, payment_method=f"pm_card_{card}")
    hear(there, there.outstanding(at=now()))
    return Dispute.objects.get(charge_id=intent.latest_charge_id)


def like_mastercard(there, platform):
    """Let a payer complain whose network knows more reasons."""
    row = disputed(there, platform)
    book = there.there.book
    book.save_dispute(of(there, row) | {"code": "4853"})
    return row


def of(there, row):
    return there.there.book.dispute(row.processor_reference)


def answer(row, **evidence):
    found = dispute_answers.update(
        tenant=row.tenant, dispute_id=row.id, evidence=evidence, submit=True, at=now()
    )
    row.refresh_from_db()
    return found


def repair():
    return dispute_answers.repair(at=now() + LATER)


# Which reason, with which documents


def offered(code):
    return tuple(
        Offer(reason, tuple(Document(name, level, False) for name, level in documents.items()))
        for reason, documents in OFFERS[code].items()
    )


@pytest.mark.parametrize(
    ("code", "present", "reason", "documents"),
    [
        (
            "10.4",
            ["uncategorized_text"],
            "AdditionalInformation",
            {"DefenseMaterial", "AdditionalInformation"},
        ),
        (
            "13.1",
            ["shipping_date", "shipping_documentation", "uncategorized_text"],
            "MerchandiseReceived",
            {"DateMerchandiseShipped", "ProofOfGoodsOrServicesProvided"},
        ),
        (
            "13.1",
            ["access_activity_log", "service_date"],
            "ServicesProvided",
            {"ProofOfGoodsOrServicesProvided"},
        ),
        # It claims nothing that nobody said, though there is a receipt and a description.
        (
            "4853",
            ["product_description", "receipt"],
            "SupplyDefenseMaterial",
            {"DefenseMaterial", "TIDorInvoice"},
        ),
        ("4853", ["uncategorized_text"], "SupplyDefenseMaterial", {"DefenseMaterial"}),
    ],
)
def test_the_reason_is_one_that_the_evidence_carries(code, present, reason, documents):
    plan = offers.choose(offered(code), present)

    assert (plan.reason, set(plan.papers)) == (reason, documents)
    assert {name for fields in plan.papers.values() for name in fields} == set(present)


@pytest.mark.parametrize("beside", ["shipping_address", "product_description", "receipt"])
def test_what_is_missing_is_named_for_each_reason(beside):
    with pytest.raises(EvidenceRefused) as refused:
        offers.choose(offered("13.1"), [beside])

    words = str(refused.value)
    assert "MerchandiseReceived lacks DateMerchandiseShipped (shipping_date or " in words
    assert "ServicesProvided lacks ProofOfGoodsOrServicesProvided (shipping_documentation" in words
    assert words.endswith("documents of its own kinds: InvalidChargeback.")


@pytest.mark.parametrize("code", ["Rialto", "InvalidChargeback", "PaymentByOtherMeans"])
def test_a_claim_that_no_evidence_makes_is_left_to_people(code):
    only = Offer(code, (Document(code, "Required", False),))

    with pytest.raises(EvidenceRefused, match=f"Customer Area only.*{code}"):
        offers.choose((only,), ["receipt", "uncategorized_text"])


def test_what_adyen_has_already_is_not_asked_for_and_a_generic_document_takes_the_place_of_all():
    there = Offer(
        "GoodsReturned",
        (
            Document("GoodsReturned", "Required", True),
            Document("TIDorInvoice", "OneOrMore", False),
            Document("CompellingEvidence", "OneOrMore", False),
        ),
    )
    instead = Offer(
        "Anything",
        (
            Document("GoodsReturned", "Required", False),
            Document("Rialto", "AlternativeRequired", False),
        ),
    )

    assert offers.choose((there,), ["receipt"]).papers == {"TIDorInvoice": ("receipt",)}
    assert offers.choose((instead,), ["receipt"]).papers == {"Rialto": ("receipt",)}
    with pytest.raises(EvidenceRefused):
        offers.choose((there,), ["customer_name"])


# The papers


def reading(content):
    return lambda: Paper("file_1", "a", content)


def text_of(made):
    return [page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages]


def test_texts_and_files_become_one_pdf_in_the_letters_of_the_merchant():
    evidence = {
        "uncategorized_text": "A <b> & ü\n\nจัดส่งแล้ว",
        "receipt": "f",
        "customer_signature": "g",
    }
    files = {
        "receipt": reading(a_pdf("One", "Two")),
        "customer_signature": reading(a_picture(size=(3_000, 4_000))),
    }

    made = papers.make(list(evidence), evidence, files)

    first, *rest = text_of(made)
    assert made.media_type == papers.PDF
    assert "Uncategorized text" in first
    assert "A <b> & ü" in first
    assert "จัดส่งแล้ว" in first.replace(" ", "")
    assert [page.strip() for page in rest] == ["One", "Two", ""]
    assert papers.make(list(evidence), evidence, files).content == made.content


def test_a_file_alone_stays_as_it_was_uploaded_if_adyen_takes_it():
    pdf, jpg = a_pdf("One"), a_picture("JPEG")

    def of_one(content):
        return papers.make(["receipt"], {"receipt": "f"}, {"receipt": reading(content)})

    assert of_one(pdf) == papers.Made(papers.PDF, pdf)
    assert of_one(jpg) == papers.Made(papers.JPG, jpg)
    assert of_one(a_picture("PNG")).media_type == papers.PDF


@pytest.mark.parametrize(
    ("evidence", "content", "words"),
    [
        ({"receipt": "f"}, b"\x89PNG\r\n\x1a\nno picture", "The file of receipt cannot be read"),
        ({"receipt": "f", "customer_name": "A"}, b"%PDF-nothing", "receipt cannot be read"),
        ({"customer_name": "李"}, b"", r"customer_name has letters .*李.*PDF instead"),
    ],
)
def test_what_adyen_would_not_take_is_refused_by_the_name_of_its_field(evidence, content, words):
    files = {name: reading(content) for name, value in evidence.items() if value == "f"}

    with pytest.raises(EvidenceRefused, match=words):
        papers.make(list(evidence), evidence, files)


def test_what_is_larger_than_adyen_takes_is_refused():
    noise = io.BytesIO()
    Image.effect_noise(papers._MOST_DOTS, 200).save(noise, "PNG")
    evidence = {"receipt": "f", "customer_signature": "g", "refund_policy": "h"}
    files = {name: reading(noise.getvalue()) for name in evidence}

    with pytest.raises(EvidenceRefused, match=r"receipt and .* are larger than the 2 MB"):
        papers.make(list(evidence), evidence, files)


# Sent, once


def test_an_answer_is_supplied_and_defended_and_won_by_its_notices(there):
    platform = a_platform()
    row = disputed(there, platform, "createDisputeProductNotReceived")
    proof = a_file(platform, content=a_pdf("Signed by Ada. winning_evidence"))

    sent = answer(row, shipping_documentation=proof.id, customer_name="Ada", **DELIVERED)

    assert (sent.status, sent.submission_count) == ("under_review", 1)
    kept = of(there, row)
    assert kept["defenses"] == ["MerchandiseReceived"]
    assert "Signed by Ada" in kept["documents"]["ProofOfGoodsOrServicesProvided"]
    assert "2026-11-03" in kept["documents"]["DateMerchandiseShipped"]
    assert "Ada" in kept["documents"]["DateMerchandiseShipped"]
    hear(there, there.outstanding(at=now()))
    row.refresh_from_db()
    assert (row.status, row.submission_count, total(platform)) == ("won", 1, 96_80)


def test_a_question_of_the_bank_is_answered_and_stays_with_it(there):
    row = disputed(there, a_platform(), "createDisputeInquiry")

    answer(row, uncategorized_text="It was Ada.")
    hear(there, there.outstanding(at=now()))

    row.refresh_from_db()
    assert (row.status, row.submission_count) == ("warning_under_review", 1)
    assert of(there, row)["defenses"] == ["AdditionalInformation"]


def test_what_fits_no_reason_promises_nothing_and_can_be_completed(there):
    row = disputed(there, a_platform(), "createDisputeProductNotReceived")

    with pytest.raises(InvalidRequest, match="lacks ProofOfGoodsOrServicesProvided") as refused:
        answer(row, customer_name="Ada")

    row.refresh_from_db()
    assert refused.value.param == "evidence"
    assert (row.status, row.submitting_since, row.evidence) == ("needs_response", None, {})
    assert of(there, row)["documents"] == {}
    answer(row, access_activity_log="Ada read it on 3 November.")
    assert of(there, row)["defenses"] == ["ServicesProvided"]


@pytest.mark.parametrize("lost", ["lost before", "lost after", "500 after", "no JSON"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_request_or_an_answer_that_is_lost_is_made_good(there, lost, number):
    row = disputed(there, a_platform())
    # One request looks whether it can be sent; then come the reasons, the papers, the defence.
    there.there.failures = [""] * number + [lost]

    sent = answer(row, uncategorized_text="It was Ada.")
    assert (sent.status, sent.submitting_since is None) == ("needs_response", False)
    again = answer(row, uncategorized_text="It was Ada.")

    assert (again.status, again.submission_count) == ("under_review", 1)
    assert of(there, row)["defenses"] == ["AdditionalInformation"]
    assert repair() == 0


def test_what_the_notice_says_of_an_answer_that_was_lost_counts(there):
    row = disputed(there, a_platform())
    there.there.failures = [""] * 3 + ["lost after"]
    answer(row, uncategorized_text="losing_evidence")

    hear(there, there.outstanding(at=now()))

    row.refresh_from_db()
    assert (row.status, row.submitting_since) == ("won", None)
    assert Dispute.objects.exclude(id=row.id).get().status == "lost"
    assert of(there, row)["defenses"] == ["AdditionalInformation"]
    assert repair() == 0


def test_two_who_answer_at_once_send_it_once(there):
    row = disputed(there, a_platform())

    def one(_):
        try:
            return answer(Dispute.objects.get(id=row.id), uncategorized_text="It was Ada.").status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(one, range(4)))
    repair()

    row.refresh_from_db()
    assert statuses <= {"under_review", "needs_response"}
    assert (row.status, row.submission_count) == ("under_review", 1)
    assert of(there, row)["defenses"] == ["AdditionalInformation"]


def test_what_is_refused_when_it_is_sent_waits_for_another_answer(there):
    row = disputed(there, a_platform())
    there.there.failures = ["lost before"] * 2
    answer(row, uncategorized_text="It was Ada.")
    there.there.payments.disputes.end(row.processor_reference, "defended")

    with pytest.raises(InvalidRequest, match="no way to defend"):
        answer(row, uncategorized_text="It was Ada.")

    row.refresh_from_db()
    assert (row.status, row.submitting_since) == ("needs_response", None)
    assert of(there, row)["defenses"] == []
    hear(there, there.outstanding(at=now()))
    row.refresh_from_db()
    assert row.status == "under_review"


def test_with_a_key_that_may_not_answer_nothing_is_promised(there):
    row = disputed(there, a_platform())
    account = registry.find("adyen").account
    wrong = AdyenRail(replace(account, credentials=account.credentials | {"api_key": "A"}))

    with (
        rails.registered(wrong, name="adyen"),
        pytest.raises(InvalidRequest, match="does not let our key answer"),
    ):
        answer(row, uncategorized_text="It was Ada.")

    row.refresh_from_db()
    assert row.submitting_since is None


def test_nothing_is_left_half_done_wherever_the_program_dies(there):
    platform = a_platform()
    row = disputed(there, platform)
    whole = crashing.run(lambda: answer(row, uncategorized_text="It was Ada."))
    numbers = crashing.distinct_points(whole.points)
    # Before anything, with the promise kept, with the papers there, with the answer noted.
    assert len(numbers) >= 4
    for number in numbers:
        row = disputed(there, platform)
        crashing.run(lambda one=row: answer(one, uncategorized_text="It was Ada."), until=number)
        answer(row, uncategorized_text="It was Ada.")
        repair()
        row.refresh_from_db()
        assert (row.status, row.submission_count) == ("under_review", 1), whole.points[number]
        assert of(there, row)["defenses"] == ["AdditionalInformation"], whole.points[number]
