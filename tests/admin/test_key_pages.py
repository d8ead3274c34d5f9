"""The list of keys and the page of one: made, rolled and revoked by hand, and shown once."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, AuditEvent, KeyKind, Membership
from accounts.operator_pages import key_permissions
from accounts.services import api_keys, key_usage
from api import request_log
from core.admin import page_of
from core.limits.figures import parse
from tests.factories import a_platform, a_seller, an_operator, now

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/apikey/"
ADD = f"{LIST}add/"
TEXT = re.compile(r"\b(?:sk|rk|pk)_(?:test|live)_rlt[0-9A-Za-z]{49}\b")


def a_named_key(tenant, **details):
    return api_keys.create(tenant=tenant, name="Shop", at=now(), **details)


def page(row):
    return page_of("accounts_apikey", row.id)


def text_of(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def form_of(client, address, **fields):
    """What a form of a page holds, filled in."""
    token = client.get(address).context["token"]
    return {"token": token, "reason": "They asked"} | fields


def a_form(client, tenant, **fields):
    wanted = {"account": tenant.account_id, "name": "Shop", "kind": "secret", "ends": ""}
    return form_of(client, ADD, **wanted | fields)


def ask(text, path, method="get"):
    """Return the status of what the API answers to a key."""
    headers = {"Authorization": f"Bearer {text}"}
    kind = {"content_type": "application/json"} if method == "post" else {}
    return getattr(Client(), method)(f"/v1/{path}", {}, headers=headers, **kind).status_code


def works(text):
    """Tell whether the API takes a key."""
    answer = Client().get("/v1/balance", headers={"Authorization": f"Bearer {text}"})
    return answer.status_code != 401


def test_a_key_is_made_once_and_shown_once(operator):
    platform = a_platform()
    form = a_form(operator, platform)

    made = operator.post(ADD, form)
    again = operator.post(ADD, form)

    [text] = TEXT.findall(made.content.decode())
    row = ApiKey.objects.get()
    assert works(text)
    assert (row.account_id, row.name, row.kind, row.livemode) == (
        platform.account_id,
        "Shop",
        "secret",
        False,
    )
    assert "no-store" in made["Cache-Control"]
    assert "This form was sent before" in text_of(again)
    recorded = AuditEvent.objects.get(action="api_key.created")
    assert (recorded.reason, recorded.target_id) == ("They asked", row.id)
    for shown in (again, operator.get(page(row)), operator.get(LIST)):
        assert text not in shown.content.decode()
        assert "Shop" in shown.content.decode()
    assert text not in str(list(AuditEvent.objects.values()))


def test_a_restricted_key_may_what_the_table_says(operator):
    platform = a_platform()
    wanted = {"may-balance": "read", "may-refunds": "write", "may-charges": "none"}

    none = operator.post(ADD, a_form(operator, platform, kind="restricted"))
    made = operator.post(ADD, a_form(operator, platform, kind="restricted", **wanted))

    assert "Allow the key something" in text_of(none)
    [text] = TEXT.findall(made.content.decode())
    row = ApiKey.objects.get()
    assert row.permissions == {"balance": "read", "refunds": "write"}
    answers = {
        path: Client().get(path, headers={"Authorization": f"Bearer {text}"}).status_code
        for path in ("/v1/balance", "/v1/refunds", "/v1/charges")
    }
    assert answers == {"/v1/balance": 200, "/v1/refunds": 200, "/v1/charges": 403}
    assert "Balance read Refunds write" in text_of(operator.get(page(row)))


def test_a_key_is_narrowed_to_what_it_was_used_for(operator, settings):
    settings.REQUEST_LOG_ENABLED, settings.REQUEST_LOG_HAS_THREAD = True, False
    request_log.flush()
    platform, other = a_platform(), a_platform()
    row, text = a_named_key(platform)
    second, refused = a_named_key(platform), parse("RIALTO_LIMIT_KEY", "1/d burst 4")
    settings.LIMITS = settings.LIMITS | {"key": refused}
    asked = [ask(text, path) for path in ("balance", "charges", "charges?expand[]=data.customer")]
    asked += [ask(text, "customers", "post"), ask(text, "balance")]
    ask(second[1], "balance")
    ask(a_named_key(other)[1], "balance")

    request_log.flush()
    with CaptureQueriesContext(connection) as first:
        shown = operator.get(page(row))
    queries = len(first)
    form = operator.get(unescape(shown.context["narrowed"]))
    fields = {"token": form.context["token"], "reason": "Less", **form.context["values"]}
    for permission in form.context["table"]:
        fields[permission["field"]] = next(level for level, is_on in permission["levels"] if is_on)
    narrow = TEXT.findall(operator.post(ADD, fields).content.decode())[0]

    assert asked == [200, 200, 200, 200, 429]
    counts = shown.context["counts"]
    assert (counts.requests, counts.refused) == (4, 1)
    assert (counts.account_requests, counts.account_refused) == (5, 1)
    used = {use["title"]: (use["level"], use["requests"]) for use in shown.context["used"]}
    assert used == {"Balance": ("read", 1), "Charges": ("read", 2), "Customers": ("write", 1)}
    made = ApiKey.objects.get(kind="restricted")
    assert made.permissions == {"balance": "read", "charges": "read", "customers": "write"}
    assert [ask(narrow, path) for path in ("balance", "refunds")] == [200, 403]
    assert queries == 7


def test_counts_of_all_processes_are_added_and_go_after_a_year(settings):
    settings.REQUEST_LOG_ENABLED, settings.REQUEST_LOG_HAS_THREAD = True, False
    row, text = a_named_key(a_platform())
    request_log.flush()

    for _ in range(3):
        ask(text, "balance")
        request_log.flush()

    assert key_usage.count(row, at=now()).requests == 3
    [use] = key_usage.report(row, at=now())
    assert (use.permission, use.level, use.requests) == ("balance", "read", 3)
    assert key_usage.prune(at=now() + timedelta(days=399)) == 0
    assert key_usage.prune(at=now() + timedelta(days=402)) >= 2
    assert key_usage.report(row, at=now()) == []


def test_the_table_has_every_permission_that_an_endpoint_asks_for():
    names = key_permissions.names()

    assert {"payment_intents", "balance", "webhook_endpoints", "connected_accounts"} <= set(names)
    assert len(names) > 25
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


WRONG = (
    ({"reason": ""}, "Say why"),
    ({"name": " "}, "Give the key a name"),
    ({"account": "acct_nobody"}, "no such account"),
    ({"account": "\0"}, "no such account"),
    ({"kind": "ephemeral"}, "Choose what kind"),
    ({"ends": "1"}, "Choose what kind"),
    ({"token": "x"}, "not of this page"),
)


def test_what_is_wrong_is_told_and_the_form_is_kept(operator):
    form = a_form(operator, a_platform(), kind="restricted", **{"may-charges": "read"})

    for change, problem in WRONG:
        answer = operator.post(ADD, form | change)

        assert problem in text_of(answer), change
        assert 'role="alert"' in answer.content.decode()
        chosen = {row["name"]: row["levels"] for row in answer.context["table"]}
        assert ("read", True) in chosen["charges"]
    assert not ApiKey.objects.exists()


def test_a_rolled_key_works_until_its_end_beside_the_new_one(operator):
    old, old_text = a_named_key(a_platform())
    form = form_of(operator, page(old), do="roll", overlap="24")

    rolled = operator.post(page(old), form)
    again = operator.post(page(old), form)
    odd = operator.post(page(old), form | {"overlap": "3"})

    [text] = TEXT.findall(rolled.content.decode())
    old.refresh_from_db()
    assert timedelta(hours=23) < old.expires_at - now() <= timedelta(hours=24)
    assert works(text)
    assert works(old_text)
    assert "This form was sent before" in text_of(again)
    assert "Choose when the old key ends" in text_of(odd)
    assert ApiKey.objects.count() == 2
    assert "ends 2" in text_of(operator.get(page(old)))
    recorded = AuditEvent.objects.get(action="api_key.rolled")
    assert (recorded.target_id, recorded.reason) == (old.id, "They asked")


def test_a_key_is_revoked_by_its_last_four_characters(operator):
    row, text = a_named_key(a_platform())
    form = {"do": "revoke", "reason": "It leaked"}

    wrong = operator.post(page(row), form | {"last": "0000"})
    without = operator.post(page(row), form | {"last": text[-4:], "reason": ""})
    was_good = works(text)
    done = operator.post(page(row), form | {"last": text[-4:]}, follow=True)

    assert f"Type {text[-4:]}" in text_of(wrong)
    assert "Say why" in text_of(without)
    assert was_good
    assert f"Shop ({row.hint}) is refused from now on." in text_of(done)
    assert not works(text)
    assert AuditEvent.objects.get(action="api_key.revoked").reason == "It leaked"
    assert "What can be done" in text_of(done)
    assert "Roll the key" not in text_of(done)
    assert operator.get(LIST).context["cl"].result_count == 0
    assert operator.get(LIST, {"state": "ended"}).context["cl"].result_count == 1


def test_a_key_is_named_and_that_is_recorded(operator):
    row, _ = a_named_key(a_platform())

    operator.post(page(row), {"do": "name", "name": "Till"})

    row.refresh_from_db()
    assert row.name == "Till"
    recorded = AuditEvent.objects.get(action="api_key.changed")
    assert recorded.changes == {"name": ["Shop", "Till"]}


def test_keys_of_payers_and_of_platforms_by_oauth_are_not_touched(operator):
    platform = a_platform()
    given, _ = a_named_key(platform, platform_id="acct_1")
    payers, _ = api_keys.create(
        tenant=platform,
        kind=KeyKind.EPHEMERAL,
        permissions={"customer": "cus_1"},
        expires_at=now() + timedelta(hours=1),
        at=now(),
    )

    for row in (given, payers):
        form = {"do": "revoke", "last": row.hint[-4:], "reason": "x"}
        assert 'role="alert"' in operator.post(page(row), form).content.decode()
    assert not ApiKey.objects.filter(expires_at__lte=now()).exists()


def test_a_members_developer_makes_keys_of_the_platform_alone(operator):
    platform, other = a_platform(), a_platform()
    seller = a_seller(platform)
    person = an_operator("dev@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="developer")
    client = Client()
    client.force_login(person)
    theirs, _ = a_named_key(other)

    begun = client.get(ADD)
    refused = [client.post(ADD, a_form(client, one)) for one in (other, seller)]
    made = client.post(ADD, a_form(client, platform))

    assert begun.context["values"]["account"] == platform.account_id
    assert all("no such account" in text_of(one) for one in refused)
    assert len(TEXT.findall(made.content.decode())) == 1
    assert client.post(page(theirs), {"do": "roll"}).status_code == 404


def test_the_pages_ask_as_much_of_one_key_as_of_fifty(operator):
    platform = a_platform()
    row, _ = a_named_key(platform)

    def queries():
        counts = []
        for address in (LIST, page(row), ADD):
            with CaptureQueriesContext(connection) as seen:
                assert operator.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    few = queries()
    for _ in range(49):
        a_named_key(platform)

    assert queries() == few
    assert max(few) <= 8
