"""What a check of an account finds, in English for programs and in the language of its reader."""

import json

import pytest
from django.utils.translation import override

from config.cli.processors import check_lines
from processors.accounts import changes, checks
from processors.models import ProcessorAccount
from processors.operator_pages import words
from tests.factories import now
from tests.processors.adyen_world import API_KEY, HMAC_KEY, MERCHANT, AdyenWorld

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    world = AdyenWorld(tmp_path_factory.mktemp("adyen"))
    yield world
    world.there.close()


@pytest.fixture
def account(place):
    return changes.add(
        name="adyen-th",
        kind="adyen",
        livemode=False,
        credentials={"merchant_account": MERCHANT, "api_key": API_KEY},
        notice_secret=HMAC_KEY,
        base_url=place.there.base_url,
        at=now(),
    )


def found(name="adyen-th"):
    return {line.name: line for line in checks.check(name=name, at=now())}


def test_it_says_whether_payers_can_type_cards_in(account, capsys):
    line = found()["card fields"]
    assert (line.is_good, "no key that browsers may see" in line.text) == (None, True)

    changes.change(name="adyen-th", credentials={"client_key": "test_K1"}, at=now())

    line = found()["card fields"]
    assert (line.is_good, line.text) == (True, "Payers type cards into the processor's own.")
    check_lines.show(tuple(found().values()), is_good=True, as_json=False)
    assert "good  card fields: Payers type cards into the processor's own." in (
        capsys.readouterr().out
    )


def test_of_an_account_without_fields_it_says_nothing_about_them(db):
    assert "card fields" not in found("simulator")


def test_programs_read_the_sentences_with_what_they_name(account, capsys):
    lines = tuple(found().values())

    check_lines.show(lines, is_good=True, as_json=True)

    rows = json.loads(capsys.readouterr().out)["lines"]
    by_name = {row["name"]: row["words"] for row in rows}
    assert by_name["credentials"] == f"The key opens {MERCHANT}."
    assert by_name["methods"] == "It takes Cards."
    assert "/inbound/adyen-th/" in by_name["notices"]
    assert not [row for row in rows if "%(" in row["words"]]


def test_whoever_reads_thai_reads_what_was_found_in_thai(account):
    found()
    row = ProcessorAccount.objects.get(name="adyen-th")

    with override("th"):
        lines = [{key: str(text) for key, text in one.items()} for one in words.check_lines(row)]

    by_name = {one["name"]: one["words"] for one in lines}
    assert by_name["ช่องกรอกบัตร"].startswith("ไม่มีคีย์ที่เบราว์เซอร์เห็นได้")
    assert by_name["ข้อมูลรับรอง"] == f"คีย์นี้เปิดบัญชี {MERCHANT}"
    assert not [text for text in by_name.values() if " the " in text]
    assert [name for name in by_name if name.isascii()] == []


def test_what_was_kept_before_sentences_had_values_is_shown_as_it_is(account):
    ProcessorAccount.objects.filter(name="adyen-th").update(
        check_lines=[["credentials", "The key opens 100% of it.", True]]
    )

    row = ProcessorAccount.objects.get(name="adyen-th")

    assert checks.last(row)[0].text == "The key opens 100% of it."
    assert words.check_lines(row)[0]["words"] == "The key opens 100% of it."
