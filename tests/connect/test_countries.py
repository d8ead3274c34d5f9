"""Accounts in every country: opened, completed and paid out."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Account
from connect.models import AccountRequirements, Capability, Payout
from connect.onboarding import country_resources
from connect.onboarding.countries import banks, catalog, rules
from connect.onboarding.countries.catalog import TABLE
from connect.onboarding.required_fields import look_up
from connect.onboarding.services import accounts, external_accounts, people
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from core.errors import InvalidRequest
from core.tenant import Tenant
from tests.books import assert_books_balance, on_its_way, usable
from tests.factories import a_paid_intent, a_platform, now

# By the last word of a field; the birthday is one that the simulated registry knows at once.
ANSWERS = {
    "day": 1, "month": 1, "year": 1902, "email": "ada@example.com", "phone": "0000000000",
    "id_number": "000000000", "ssn_last_4": "0000", "tax_id": "000000000", "mcc": "5999",
    "url": "https://ada.example.com", "ip": "127.0.0.1", "date": 1_790_000_000,
    "postal_code": "10110", "statement_descriptor": "ADA", "nationality": "SG",
}  # fmt: skip
ROLES = ("owners", "directors", "executives")
ROLES_OF_ONE = {"owner": True, "director": True, "executive": True}
PAID = 500_000
LEFT = 100_000


def answers(code: str, kind: str) -> dict[str, Any]:
    """Return an answer to everything that is asked of an account at once."""
    params: dict[str, Any] = {"business_type": kind}
    fields = look_up(country=code, business_type=kind, capabilities=TABLE[code].able).now
    for field in fields:
        *path, last = field.split(".")
        inner = params
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = ANSWERS.get(last, "Ada")
    del params["external_account"]
    return params


def bank_account(code: str, currency: str) -> dict[str, Any]:
    row = TABLE[code]
    routing = {"routing_number": row.test_routing} if row.test_routing else {}
    return {
        "object": "bank_account",
        "country": code,
        "currency": currency,
        "account_number": row.test_account,
        **routing,
    }


def test_there_are_countries_on_every_continent():
    assert len(TABLE) >= 120
    wanted = """
        AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE
        SI SK US CA AU NZ JP SG HK MY TH ID PH VN IN KR TW AE SA IL TR UA RS ZA NG KE GH EG MA MX
        BR AR CL CO PE UY CR DO PK BD LK
        """
    assert set(wanted.split()) <= set(TABLE)


def test_every_country_has_a_form_and_capabilities_and_a_bank_account_for_tests():
    for code, row in TABLE.items():
        assert row.form in rules.FORMS, code
        assert set(row.able) <= set(rules.CAPABILITIES), code
        checked = banks.check(
            country=code, number=row.test_account, routing=row.test_routing or None
        )
        assert checked.is_iban == (row.account == catalog.BY_IBAN), code


@pytest.mark.django_db
def test_an_account_in_every_country_is_opened_completed_and_paid_out(settings):
    # In a test the database stands still.
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    platform, sellers = a_platform(fee_bps=0, fee_fixed_amount=0), {}
    for code, row in TABLE.items():
        account = accounts.create(
            tenant=platform, type="express", country=code, at=now(), **answers(code, "individual")
        )
        seller = sellers[code] = Tenant(account.id, livemode=False)
        external_accounts.create(
            tenant=seller, account=account, params=bank_account(code, row.currency), at=now()
        )
        a_paid_intent(
            platform,
            amount=PAID,
            currency=row.currency,
            payment_method="pm_card_bypassPending",
            transfer_destination=account.id,
            transfer_amount=PAID,
        )
        payouts.create(tenant=seller, amount=PAID - LEFT, currency=row.currency, at=now())
        assert on_its_way(seller, row.currency) == PAID - LEFT, code

    for hours in (2, 4):
        sending.send_due(at=now() + timedelta(hours=hours))
        sending.poll_due(at=now() + timedelta(hours=hours + 1))

    known = {row.id: row for row in Account.objects.filter(country__in=TABLE)}
    for code, seller in sellers.items():
        account = known[seller.account_id]
        assert account.payouts_enabled, code
        assert account.charges_enabled == ("card_payments" in TABLE[code].able), code
        assert (currency := account.default_currency) == TABLE[code].currency
        assert (usable(seller, currency), on_its_way(seller, currency)) == (LEFT, 0), code
    assert Payout.objects.filter(status="paid").count() == len(TABLE)
    assert_books_balance()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["company", "non_profit"])
def test_a_company_of_every_form_is_completed_by_one_person_with_all_roles(kind):
    platform, at = a_platform(), now()
    for code in ("US", "GB", "DE", "TH", "JP", "BR", "HK"):
        payload = answers(code, kind)
        parties = {name: payload.pop(name, {}) for name in ("representative", *ROLES)}
        payload["company"] |= {f"{role}_provided": True for role in ROLES}
        account = accounts.create(
            tenant=platform,
            type="custom",
            country=code,
            at=at,
            **payload,
            capabilities={name: {"requested": True} for name in TABLE[code].able},
        )
        person = {name: value for told in parties.values() for name, value in told.items()}
        person["relationship"] = {"title": "CEO", "representative": True} | ROLES_OF_ONE
        people.create(tenant=platform, account_id=account.id, params=person, at=at)

        found = Capability.objects.filter(account=account).values_list("status", flat=True)
        due = AccountRequirements.objects.get(account=account).requirements["currently_due"]
        assert (set(found), due) == ({"active"}, ["external_account"]), code


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["ZZ", "XX", "EU"])
def test_a_country_that_does_not_exist_has_neither_accounts_nor_bank_accounts(code):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as of_account:
        accounts.create(tenant=platform, type="custom", country=code, at=now())
    params = {**bank_account("US", "usd"), "country": code}
    with pytest.raises(InvalidRequest) as of_bank:
        external_accounts.check(params, livemode=False, at=now())

    assert (of_account.value.code, of_account.value.param) == ("country_unsupported", "country")
    assert (of_bank.value.code, of_bank.value.param) == (
        "country_code_invalid",
        "external_account[country]",
    )
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "routing", "number", "param"),
    [
        ("US", "110000001", "000123456789", "routing_number"),
        ("MX", None, "000000001234567898", "account_number"),
        ("MX", None, "00000000123456789", "account_number"),
        ("AR", None, "0110599520000001235576", "account_number"),
        ("AR", None, "0110599530000001235577", "account_number"),
        ("MA", None, "011519000001205000534922", "account_number"),
        ("IN", "HDFC1004051", "000123456789", "routing_number"),
        ("MY", "TESTTHBK", "000123456000", "routing_number"),
        ("MY", None, "000123456000", "routing_number"),
        ("TH", "11000", "000123456789", "routing_number"),
        ("NG", "011", "123456789", "account_number"),
        ("SN", None, "SN010015200004850000303", "account_number"),
    ],
)
def test_numbers_with_wrong_digits_or_too_few_are_refused(code, routing, number, param):
    with pytest.raises(InvalidRequest) as refused:
        banks.check(country=code, number=number, routing=routing)

    assert refused.value.param == f"external_account[{param}]"


def test_numbers_that_their_countries_publish_are_taken():
    for code, routing, number in (
        ("AR", None, "0110012920000091344977"),
        ("AR", None, "2850590940090418135201"),
        ("MX", None, "0321 8000 0118 3597 19"),
        ("MA", None, "MA64 0115 1900 0001 2050 0053 4921"),
        ("TH", "014", "123-4-56789-0"),
        ("TH", "0140001", "1234567890"),
        ("GB", None, "GB82 WEST 1234 5698 7654 32"),
    ):
        assert banks.check(country=code, number=number, routing=routing)


def test_a_refused_number_says_how_it_is_written():
    with pytest.raises(InvalidRequest, match=r"it must be 4 to 17 digits\."):
        banks.check(country="US", number="12", routing="110000000")
    with pytest.raises(InvalidRequest, match=r"must be a valid IFSC, such as HDFC0004051"):
        banks.check(country="IN", number="000123456789", routing="HDFC")


def test_a_country_says_where_its_money_may_go():
    spec = {code: country_resources.country_spec(code) for code in ("AL", "CH", "TH", "US")}

    paid = {code: found["supported_bank_account_currencies"] for code, found in spec.items()}
    assert paid["US"] == {"usd": ["US"]}
    assert paid["TH"] == {"thb": ["TH"]}
    assert paid["CH"]["chf"] == ["CH"]
    assert {"AT", "CH", "GB", "RS"} <= set(paid["CH"]["eur"])
    assert "US" not in paid["CH"]["eur"]
    assert spec["TH"]["supported_payment_methods"] == ["card", "stripe"]
    assert spec["AL"]["supported_payment_methods"] == ["stripe"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("XA;xyz;;general;;;transfers;;;4n;;;1234;own", "a currency is unknown"),
        ("XA;eur;eur;general;;;transfers;;;4n;;;1234;own", "said twice"),
        ("XA;eur;;general;;;transfers;;;4n;;;123;own", "123 is not 4n"),
        ("XA;eur;;general;;;transfers;3n;;4n;;;1234;own", "a shape, a name and a number"),
        ("XA;eur;;general;;;transfers;;;iban;;;DE12;registry", "another country's IBAN"),
        ("XA;eur;;general;;;transfers;;;18n;clabe;;000000001234567898;own", "check digits"),
        ("XA;eur;;general;;;transfers;;;4n;;;1234;hearsay", "no such basis"),
        ("XA;eur;;general;;;transfers;;;4n;;;1234", "too few"),
        ("XA;eur;;general;;;transfers;;;4x;;;1234;own", "no part of a shape"),
    ],
)
def test_a_line_that_cannot_be_right_stops_the_start(tmp_path, line, why):
    head = (catalog.FOLDER / "europe.csv").read_text().splitlines()
    columns = next(one for one in head if not one.startswith("#"))
    (tmp_path / "nowhere.csv").write_text(f"# Nowhere.\n{columns}\n{line}\n")

    with pytest.raises(ValueError, match=why):
        catalog.read(tmp_path)
