from datetime import date
from itertools import pairwise

import pytest

from api.older import versions
from api.older.versions import CHANGES as PUBLISHED
from api.older.versions import INSIDE, Change
from core.errors import InvalidRequest

TODAY = date(2026, 11, 29)


def rename(old, new):
    def undo(node):
        node[old] = node.pop(new)

    return undo


CHANGES = (
    Change("2026-10-28.endive", "charge", rename("middle", "newest")),
    Change("2026-03-01", "charge", rename("oldest", "middle")),
    Change("2026-03-01", "refund", rename("was", "is")),
)


def test_an_answer_is_walked_back_to_the_callers_version():
    def seen(version):
        charge = {"object": "charge", "newest": 1}
        versions.downgrade(charge, version, CHANGES)
        return sorted(charge)

    assert seen("2026-10-28.endive") == ["newest", "object"]
    assert seen("2026-10-28") == ["newest", "object"]
    assert seen("2026-05-05.dill") == ["middle", "object"]
    assert seen("2025-01-01") == ["object", "oldest"]


def test_objects_are_walked_back_at_every_depth():
    intent = {
        "object": "list",
        "data": [{"object": "charge", "newest": 1, "refunds": [{"object": "refund", "is": 2}]}],
    }

    versions.downgrade(intent, "2025-01-01", CHANGES)

    assert intent["data"] == [
        {"object": "charge", "oldest": 1, "refunds": [{"object": "refund", "was": 2}]}
    ]


@pytest.mark.parametrize(
    "version",
    [
        "2011-01-01", "2016-02-29", "2020-08-27", "2024-06-20", "2024-09-30.acacia",
        "2025-02-24.acacia", "2025-08-27.basil", "2026-02-25.clover", "2026-08-26.dahlia",
        "2026-10-28.endive", "2026-10-28", "2026-11-30", "2025-04-30.preview",
        "2026-10-28.preview; some_beta=v2", "2026-11-18.endive", "2026-11-18.fig",
    ],
)  # fmt: skip
def test_a_version_that_there_may_be_is_taken(version):
    assert versions.check(version, today=TODAY) == version


@pytest.mark.parametrize(
    ("version", "hint"),
    [
        ("1999-01-01", "dates from 2011-01-01 until today"),
        ("2010-12-31", "dates from 2011-01-01 until today"),
        ("2026-12-01", "dates from 2011-01-01 until today"),
        ("2999-01-01.endive", "dates from 2011-01-01 until today"),
        ("2023-02-30", "looks like"), ("2023-02-29", "looks like"), ("2023-13-01", "looks like"),
        ("not-a-date", "looks like"), ("", "looks like"), ("latest", "looks like"),
        ("2020-08-27 ", "looks like"), ("2020-8-27", "looks like"), ("2020-08-27.", "looks like"),
        ("٢٠٢٠-٠٨-٢٧", "looks like"), ("2020-08-27\n", "looks like"),
        ("2024-09-30.basil", "is 2024-09-30.acacia"), ("2020-08-27.acacia", "is 2020-08-27"),
        ("2026-10-28.dahlia", "is 2026-10-28.endive"), ("2026-11-18.acacia", "2026-11-18.endive"),
        ("2020-08-27.preview", "is 2020-08-27"), ("2025-03-31.pesto", "is 2025-03-31.basil"),
    ],
)  # fmt: skip
def test_a_version_that_there_cannot_be_is_refused(version, hint):
    with pytest.raises(InvalidRequest, match=f"(?s)Invalid Stripe API version.*{hint}"):
        versions.check(version, today=TODAY)


def test_changes_are_told_newest_first_and_have_a_title():
    for table in (PUBLISHED, INSIDE):
        for newer, older in pairwise(table):
            assert newer.version[:10] >= older.version[:10]
    for change in PUBLISHED:
        assert change.title.endswith(".")
        assert versions.check(change.version, today=TODAY)


def test_today_nothing_is_undone():
    untouched = {"object": "charge", "id": "ch_1", "transfer_data": None}

    versions.downgrade(untouched, "2026-10-28.endive")
    versions.downgrade(untouched, "2025-09-30.clover")

    assert untouched == {"object": "charge", "id": "ch_1", "transfer_data": None}
    assert versions.inside("2025-09-30.clover") == ()


def undone(kind, version, **fields):
    node = {"object": kind, "id": "x_1", **fields}
    versions.downgrade(node, version)
    return {name: value for name, value in node.items() if name not in ("object", "id")}


def test_charges_named_their_seller_and_payments_their_invoice():
    nobody = {"destination": None, "invoice": None, "order": None, "transfer_data": None}
    data = {"destination": "acct_1"}

    assert undone("charge", "2025-02-24.acacia", transfer_data=None) == nobody
    assert undone("charge", "2025-02-24.acacia", transfer_data=data)["destination"] == "acct_1"
    assert undone("payment_intent", "2025-02-24.acacia") == {"invoice": None}
    assert undone("payment_intent", "2025-03-31.basil") == {}


@pytest.mark.parametrize(
    ("result", "authenticated", "succeeded"),
    [
        ("authenticated", True, True),
        ("attempt_acknowledged", False, True),
        ("exempted", False, True),
        ("failed", False, False),
        ("not_supported", False, False),
    ],
)
def test_3d_secure_was_told_by_booleans(result, authenticated, succeeded):
    def seen(version):
        card = {"three_d_secure": {"result": result, "version": "2.2.0"}}
        charge = undone(
            "charge", version, transfer_data=None, payment_method_details={"card": card}
        )
        return charge["payment_method_details"]["card"]["three_d_secure"]

    assert seen("2020-08-27")["result"] == result
    assert seen("2020-03-02") == {
        "authenticated": authenticated,
        "succeeded": succeeded,
        "version": "2.2.0",
    }


def test_customers_had_an_account_balance_and_tax_info():
    assert undone("customer", "2019-12-03", balance=-5) == {"balance": -5}
    tax = {"tax_info": None, "tax_info_verification": None}
    assert undone("customer", "2019-10-17", balance=-5) == {"balance": -5, **tax}
    assert undone("customer", "2019-10-08", balance=-5) == {"account_balance": -5, **tax}


def test_transfers_were_platform_payments():
    capabilities = {"card_payments": "active", "transfers": "inactive"}
    account = undone("account", "2019-05-16", capabilities=dict(capabilities))
    capability = {"object": "capability", "id": "transfers"}
    versions.downgrade(capability, "2019-05-16")

    assert account["capabilities"] == {"card_payments": "active", "platform_payments": "inactive"}
    assert capability["id"] == "platform_payments"
    assert (
        undone("account", "2019-08-14", capabilities=capabilities)["capabilities"] == capabilities
    )


def test_accounts_had_a_legal_entity_and_a_verification():
    account = undone(
        "account",
        "2019-02-11",
        business_type="individual",
        type="custom",
        individual={"first_name": "Ada", "last_name": "L", "verification": {"status": "verified"}},
        business_profile={"name": "Ada's", "url": "https://ada.example"},
        requirements={
            "current_deadline": 1,
            "disabled_reason": "requirements.past_due",
            "currently_due": ["individual.dob.day", "external_account", "business_profile.url"],
        },
        settings={"payouts": {"schedule": {"interval": "daily"}, "debit_negative_balances": True}},
    )

    assert account["verification"] == {
        "disabled_reason": "fields_needed",
        "due_by": 1,
        "fields_needed": ["legal_entity.dob.day", "external_account", "business_url"],
    }
    entity = account["legal_entity"]
    assert (entity["type"], entity["first_name"]) == ("individual", "Ada")
    assert entity["verification"]["status"] == "verified"
    assert account["payout_schedule"] == {"interval": "daily"}
    assert account["debit_negative_balances"]
    assert account["business_name"] == "Ada's"
    gone = {"individual", "company", "business_type", "requirements", "settings"}
    assert gone.isdisjoint(account)
    assert account["type"] == "custom"


def test_accounts_were_managed():
    assert undone("account", "2017-04-06", type="custom")["managed"] is True
    assert undone("account", "2017-04-06", type="standard")["managed"] is False


def test_intents_waited_for_sources():
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example"}}

    def intent(version, status):
        return undone(
            "payment_intent",
            version,
            status=status,
            next_action=dict(action),
            payment_method_types=["card"],
        )

    older = intent("2018-11-08", "requires_action")
    assert older == {
        "status": "requires_source_action",
        "allowed_source_types": ["card"],
        "invoice": None,
        "next_source_action": {
            "type": "authorize_with_url",
            "authorize_with_url": {"url": "https://bank.example"},
        },
    }
    assert intent("2018-11-08", "requires_payment_method")["status"] == "requires_source"
    assert intent("2018-11-08", "succeeded")["status"] == "succeeded"
    assert intent("2019-02-11", "requires_action")["next_action"] == action


def test_events_named_their_request_and_their_user():
    def event(version):
        told = {
            "object": "event",
            "account": "acct_1",
            "request": {"id": "req_1"},
            "data": {
                "object": {"object": "customer", "id": "cus_1", "balance": 2},
                "previous_attributes": {"balance": 1},
            },
        }
        versions.downgrade_event(told, version)
        return told

    assert event("2017-05-25")["request"] == {"id": "req_1"}
    oldest = event("2017-04-06")
    assert (oldest["request"], oldest["user_id"]) == ("req_1", "acct_1")
    assert oldest["data"]["object"]["account_balance"] == 2
    assert oldest["data"]["previous_attributes"] == {"account_balance": 1}


def test_what_an_event_tells_is_not_walked_back_twice():
    told = {"object": "list", "data": [{"object": "event", "account": "acct_1", "request": "req"}]}

    versions.downgrade(told, "2017-04-06")

    assert told["data"][0]["account"] == "acct_1"


# Of the official packages since versions have names.
RELEASED = (
    "2024-09-30.acacia 2024-10-28.acacia 2024-11-20.acacia 2024-12-18.acacia 2025-01-27.acacia "
    "2025-02-24.acacia 2025-03-31.basil 2025-04-30.basil 2025-05-28.basil 2025-06-30.basil "
    "2025-07-30.basil 2025-08-27.basil 2025-09-30.clover 2025-10-29.clover 2025-11-17.clover "
    "2025-12-15.clover 2026-01-28.clover 2026-02-25.clover 2026-03-25.dahlia 2026-04-22.dahlia "
    "2026-05-27.dahlia 2026-06-24.dahlia 2026-07-29.dahlia 2026-08-26.dahlia 2026-09-30.endive "
    "2026-10-28.endive"
).split()


@pytest.mark.parametrize("version", RELEASED)
def test_every_version_of_an_official_package_is_known_by_its_name(version):
    assert versions.check(version, today=date(2026, 11, 29)) == version
