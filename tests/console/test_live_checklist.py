"""Each line of the checklist tells what is done from what is not, and says how it is mended."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import AuditEvent
from console.live import checklist, drills, switching, words
from console.models import Drill, DrillKind
from core.errors import InvalidRequest
from core.tenant import Tenant
from ledger.models import VerifyRun
from processors.accounts import changes, live_payments
from processors.models import ProcessorAccount
from tests.console import live_world
from tests.factories import a_platform, an_operator, now
from webhooks.models import Endpoint
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db


def lines():
    return {line.name: line for line in checklist.examine(at=now())}


def told(name):
    line = lines()[name]
    return line.found.state, line.sentence


def changing(settings, **values):
    for name, value in values.items():
        setattr(settings, name, value)


def test_a_new_installation_has_little_done_and_every_line_says_how_to_go_on():
    found = lines()

    assert [line.name for line in found.values() if line.is_done] == []
    advice = {name for name, line in found.items() if not line.is_needed}
    assert advice == {"bank", "cards", "monitoring"}
    for line in found.values():
        assert line.sentence.endswith(".")
        assert line.words.what
        assert line.words.mend


def test_every_line_is_done_and_live_payments_are_switched_on(settings):
    live_world.do_all(settings)

    assert [line.sentence for line in lines().values() if not line.is_done] == []
    switching.switch_on(reason="We open.", at=now())
    assert live_payments.read().is_on


def test_live_payments_stay_off_and_all_that_is_missing_is_named(settings):
    live_world.do_all(settings)
    VerifyRun.objects.create(began_at=now(), ended_at=now(), check_count=9, finding_count=1)
    Endpoint.objects.update(is_enabled=False)
    # Advice keeps nobody from it.
    settings.BANK_IBAN = ""

    with pytest.raises(InvalidRequest) as refused:
        switching.switch_on(reason="We open.", at=now())

    assert str(refused.value) == "Live payments stay off. Still to do: Books; Webhooks."
    assert not live_payments.read().is_on
    assert not AuditEvent.objects.filter(action="live_payments.on").exists()


def test_the_address_is_public_speaks_https_and_was_tried(settings):
    settings.PUBLIC_URL = "http://pay.market.se"
    assert told("address") == ("missing", "http://pay.market.se is no address over https.")
    for host in ("localhost", "10.0.0.7", "pay.example.com", "rialto.local", "rialto"):
        settings.PUBLIC_URL = f"https://{host}"
        assert told("address")[0] == "missing"
    settings.PUBLIC_URL = live_world.ADDRESS
    assert told("address") == ("unknown", "Nobody has tried https://pay.market.se yet.")
    live_world.tried(DrillKind.ADDRESS, live_world.ADDRESS, is_good=False)
    assert told("address")[0] == "missing"
    live_world.tried(DrillKind.ADDRESS, live_world.ADDRESS)
    assert told("address")[0] == "done"
    settings.PUBLIC_URL = "https://pay.other.se"
    assert told("address")[0] == "unknown"


def test_an_address_is_tried_as_a_browser_would(settings):
    for status, body, is_good, expected in (
        (200, b"<h1>Rialto</h1>", True, "The console's page came."),
        (200, b"It works!", False, "200 came"),
        (301, b"", False, "RIALTO_TRUSTED_PROXIES"),
    ):
        with live_world.answering(status, body) as address:
            settings.PUBLIC_URL = address
            drill = drills.try_address(at=now())
        assert (drill.is_good, drill.about) == (is_good, address)
        assert expected in drill.words
    gone = drills.try_address(at=now())
    assert (gone.is_good, gone.words.startswith("Nobody answers")) == (False, True)
    assert AuditEvent.objects.filter(action="live_drill.made").count() == 4


def test_settings_of_a_real_installation_are_asked_for(settings):
    assert told("deployment")[0] == "missing"
    live_world.set_up(settings)
    assert told("deployment") == ("done", "Nothing is found.")
    settings.TRUSTED_PROXIES = 0
    assert "live keys are refused" in told("deployment")[1]
    changing(settings, TRUSTED_PROXIES=1, DEBUG=True)
    assert told("deployment") == ("missing", "Django finds security.W018.")
    changing(settings, DEBUG=False, SESSION_COOKIE_SECURE=False)
    assert told("deployment") == ("missing", "These are off: SESSION_COOKIE_SECURE.")


def test_secrets_are_random(settings):
    assert "SECRET_KEY" in told("secrets")[1]
    live_world.set_up(settings)
    assert told("secrets")[0] == "done"
    settings.RIALTO_KEY_PEPPER = settings.SECRET_KEY
    state, sentence = told("secrets")
    assert (state, sentence) == ("missing", "To be replaced: RIALTO_KEY_PEPPER.")
    assert settings.SECRET_KEY not in sentence


def test_operators_have_second_factors_and_the_demo_has_gone(settings):
    assert "RIALTO_ADMIN_WITHOUT_MFA" in told("factors")[1]
    settings.ADMIN_WITHOUT_MFA = False
    an_operator("new@market.se")
    assert told("factors") == ("missing", "No owner has set up a second factor yet.")
    live_world.an_owner_with_a_factor()
    assert told("factors")[0] == "done"
    assert told("factors")[1].startswith("1 of 2 operators")
    demo = an_operator("operator@rialto.localhost")
    assert "operator@rialto.localhost" in told("factors")[1]
    demo.is_active = False
    demo.save()
    assert told("factors")[0] == "done"


def test_mail_goes_somewhere_and_a_letter_was_sent(settings):
    settings.EMAIL_BACKEND = "config.mail.PrivateFiles"
    assert told("mail") == ("missing", "Mail goes into files or nowhere.")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "receipts@localhost" in told("mail")[1]
    live_world.set_up(settings)
    assert told("mail")[0] == "unknown"

    drills.try_mail(to="ada@market.se", at=now())

    assert mail.outbox[0].to == ["ada@market.se"]
    assert told("mail")[0] == "done"
    settings.EMAIL_HOST = "other.market.se"
    assert told("mail")[0] == "unknown"
    with pytest.raises(InvalidRequest, match="No mail can be sent"):
        drills.try_mail(to="ada", at=now())


def test_a_letter_that_nobody_takes_is_told(settings):
    live_world.set_up(settings)
    changing(settings, EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend")
    changing(settings, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9, EMAIL_TIMEOUT=1)

    drill = drills.try_mail(to="ada@market.se", at=now())

    assert not drill.is_good
    state, sentence = told("mail")
    assert state == "missing"
    assert "It was not taken" in sentence


def test_a_restore_is_tried_again_and_again():
    assert told("restore") == ("missing", "No backup was put back yet.")
    live_world.tried(DrillKind.RESTORE, "other/rialto", is_good=False)
    assert told("restore")[0] == "missing"
    live_world.tried(DrillKind.RESTORE, "other/rialto")
    assert told("restore")[0] == "done"
    later = {line.name: line for line in checklist.examine(at=now() + timedelta(days=91))}
    assert later["restore"].found.state == "missing"
    assert "more than 90 days ago" in later["restore"].sentence
    assert Drill.objects.count() == 2


def test_the_books_balanced_last_night():
    assert told("books")[0] == "unknown"
    for hours, findings, state, words_of in (
        (31, 0, "unknown", "not last night"),
        (0, 2, "missing", "Findings: 2."),
        (0, 0, "done", "They balanced"),
    ):
        ended = now() - timedelta(hours=hours)
        VerifyRun.objects.create(
            began_at=now(), ended_at=ended, check_count=9, finding_count=findings
        )
        assert told("books")[0] == state
        assert words_of in told("books")[1]


def test_each_live_account_was_checked_with_what_opens_it_now():
    assert told("processor") == ("missing", "No live account takes payments.")
    live_world.a_checked_account()
    assert told("processor")[0] == "done"
    changes.change(name="stripe-live", credentials={"secret_key": "sk_live_51new"}, at=now())
    assert told("processor") == (
        "missing",
        "Not checked with what opens it now: stripe-live.",
    )
    bad = [["credentials", "Refused.", False]]
    ProcessorAccount.objects.update(checked_at=now(), check_lines=bad)
    assert told("processor")[1].startswith("The last check found something to mend")
    live_world.a_checked_account("second", checked_at=None)
    assert "second" in told("processor")[1]
    ProcessorAccount.objects.filter(livemode=True).update(status="draining", is_default=False)
    assert told("processor")[1] == "No live account takes payments."


def test_notices_of_each_live_account_have_come():
    assert told("notices")[0] == "unknown"
    live_world.a_checked_account(last_notice_at=None)
    assert told("notices") == ("missing", "None has come yet for stripe-live.")
    ProcessorAccount.objects.update(last_notice_at=now())
    assert told("notices")[0] == "done"


def test_payers_can_type_cards_into_the_fields_of_each_live_account():
    assert told("cards")[0] == "unknown"
    live_world.a_checked_account()
    assert told("cards") == ("done", "Cards are typed into the fields of stripe-live.")
    changes.add(
        name="stripe-eu",
        kind="stripe",
        livemode=True,
        credentials={"secret_key": "sk_live_52abc"},
        at=now(),
    )
    assert told("cards") == ("missing", "The key for browsers is missing: stripe-eu.")


def test_somebody_hears_of_live_payments_in_signed_words():
    tenant = a_platform()
    hook = {"url": "https://shop.se/hooks", "enabled_events": ["*"], "at": now()}
    endpoints.create(tenant=tenant, **hook)
    assert told("webhooks") == ("missing", "No endpoint is on in live mode.")
    row, _ = endpoints.create(tenant=Tenant(tenant.account_id, livemode=True), **hook)
    assert told("webhooks") == ("done", "Events go to https://shop.se/hooks.")
    Endpoint.objects.filter(id=row.id).update(secret=b"\x01" + b"x" * 60)
    assert told("webhooks")[0] == "missing"
    assert "RIALTO_ENCRYPTION_KEY" in told("webhooks")[1]


def test_banks_are_named_and_watchers_ask(settings, client):
    live_world.a_checked_account()
    assert told("bank")[0] == "missing"
    changing(settings, BANK_IBAN="DE89370400440532013000", BANK_NAME="Market Inc.")
    assert told("bank") == ("done", "Sellers are paid out of the account of Market Inc..")
    ProcessorAccount.objects.update(settlement_bank="")
    assert told("bank")[1] == "It is not said where these pay out to: stripe-live."
    assert told("monitoring")[0] == "missing"
    assert client.get("/readyz").status_code == 200
    assert told("monitoring")[0] == "done"
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert told("monitoring")[0] == "unknown"


def test_every_word_is_used():
    assert set(words.LINE_WORDS) == set(checklist.CHECKS)
    assert all(
        one.what.endswith(".") and one.mend.endswith(".") for one in words.LINE_WORDS.values()
    )
