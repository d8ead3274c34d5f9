"""Every page and action of the console, for every role and every kind of session."""

from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import URLPattern, resolve, reverse

from accounts.models import Account, ApprovalRequest, ApprovalRule, File, Membership, User
from api.models import RequestLog
from connect.models import Payout
from core.errors import Missing
from core.security.role_words import Role
from core.security.visibility import visible
from payments.models import (
    Charge,
    Customer,
    FeeSchedule,
    PaymentIntent,
    Refund,
    UnappliedPayment,
)
from processors.models import BankFile, ProcessorAccount, SettlementLine
from tests.admin import matrix
from tests.factories import a_platform, an_operator, as_owner
from webhooks.models import Delivery, Endpoint, Event

pytestmark = pytest.mark.django_db
KINDS = ("changelist", "change", "history", "add", "delete")
NO_ROLE = ""
# Their pages of rows are tried where there are rows: tests/admin/test_approval_pages.py.
MADE_ELSEWHERE = (ApprovalRequest, ApprovalRule)


@dataclass(frozen=True)
class Cell:
    """A page, and who may open it or send its form."""

    url: str
    method: str
    letters: str
    # Whether it is about one row, and then what happens when another's is asked for.
    is_of_row: bool


def tables():
    return {
        f"{model._meta.app_label}_{model._meta.model_name}": site
        for model, site in admin.site._registry.items()
    }


def names(patterns=None, prefix=""):
    """The name of every address of the console, or its pattern if it has none."""
    for one in admin.site.urls[0] if patterns is None else patterns:
        if isinstance(one, URLPattern):
            yield one.name or prefix + str(one.pattern)
        else:
            yield from names(one.url_patterns, prefix + str(one.pattern))


def known():
    of_tables = {f"{table}_{kind}" for table in matrix.cells(matrix.LOOKS) for kind in KINDS}
    # Whoever leaves out what is to be seen of a row is sent to its page.
    bare = {f"{table.replace('_', '/', 1)}/<path:object_id>/" for table in tables()}
    return of_tables | bare | matrix.PAGES.keys() | matrix.OPEN


def test_every_address_of_the_console_has_a_cell():
    assert set(names()) - known() == set()
    assert set(matrix.cells(matrix.LOOKS)) == set(tables())


@pytest.fixture
def platform(business):
    """The platform of the business, whose rows there is one of in every table of a platform's."""
    account = Account.objects.get(id=Charge.objects.earliest("pk").account_id)
    as_owner(f"UPDATE api_requestlog SET account_id = '{account.id}', livemode = false")
    FeeSchedule.objects.update(account=account)
    return account


def a_request(user, method="GET"):
    request = getattr(RequestFactory(), method.lower())("/admin/")
    request.user, request.session = user, {}
    request._messages = CookieStorage(request)
    request._dont_enforce_csrf_checks = True
    return request


def address(name, *args):
    return reverse(f"admin:{name}", args=[quote(str(arg)) for arg in args])


def status_of(user, url, method):
    """What the view answers, without the middleware and the page itself."""
    view, args, kwargs = resolve(url)
    try:
        return view(a_request(user, method), *args, **kwargs).status_code
    except PermissionDenied:
        return 403
    except (Http404, Missing):
        return 404


def a_row(model, *people):
    """The newest row that the first sees who sees any."""
    for person in people:
        rows = visible(a_request(person), model._default_manager.all())
        if found := rows.order_by("-pk").first():
            return found
    assert model in MADE_ELSEWHERE, f"There is no {model._meta.label}."
    return None


def all_cells(*people):
    """Every page, about the rows that these people see."""
    looks, adds, changes, deletes = map(
        matrix.cells, (matrix.LOOKS, matrix.ADDS, matrix.CHANGES, matrix.DELETES)
    )
    for table, site in tables().items():
        yield Cell(address(f"{table}_changelist"), "GET", looks[table], is_of_row=False)
        yield Cell(address(f"{table}_add"), "GET", adds.get(table, ""), is_of_row=False)
        if (row := a_row(site.model, *people)) is None:
            continue
        id = row.pk
        for kind, letters in (("change", looks[table]), ("delete", deletes.get(table, ""))):
            yield Cell(address(f"{table}_{kind}", id), "GET", letters, is_of_row=True)
        change = address(f"{table}_change", id)
        yield Cell(change, "POST", changes.get(table, ""), is_of_row=True)
    yield from cells_of_pages(*people)


def cells_of_pages(*people):
    """The pages that are no table's."""
    rows = {
        "payments_preview": Charge,
        "console_payment": PaymentIntent,
        "console_charge": Charge,
        "console_customer": Customer,
        "console_personal_data": Customer,
        "console_payout": Payout,
        "console_event": Event,
        "console_request": RequestLog,
        "connect_payout_cancel": Payout,
        "connect_payout_again": Payout,
        "connect_payout_ask": Payout,
        "connect_pay_now": Account,
        "connect_account_link": Account,
        "connect_account_look": Account,
        "console_account": Account,
        "console_document": File,
        "payments_capture": PaymentIntent,
        "payments_cancel": PaymentIntent,
        "payments_refund_now": Charge,
        "payments_share": Refund,
        "payments_unapplied_return": UnappliedPayment,
        "payments_unapplied_apply": UnappliedPayment,
        "payments_unapplied_void": UnappliedPayment,
        "payments_bear": SettlementLine,
        "webhooks_resend": Delivery,
        "webhooks_resend_unaccepted": Endpoint,
        "webhooks_roll_secret": Endpoint,
        "processors_secrets": ProcessorAccount,
        "connect_account_settings": Account,
        "auth_user_password_change": User,
        "ledger_proof": tables()["ledger_ledgeraccount"].model,
    }
    for name, (opens, sends) in matrix.PAGES.items():
        if name == "accounts_approval":
            continue
        if name in rows:
            url = reverse(f"admin:{name}", args=[a_row(rows[name], *people).pk])
        elif name.endswith(".xml"):
            url = f"{address('connect_bank_files')}{BankFile.objects.first().id}.xml"
        else:
            url = address(name)
        if opens or not sends:
            yield Cell(url, "GET", opens, is_of_row=name in rows)
        if sends:
            yield Cell(url, "POST", sends, is_of_row=name in rows)


@pytest.fixture
def cells(platform):
    """Every cell, about rows of the platform where they are a platform's."""
    member = a_member(platform.id, "owner", "member@example.com")
    owner = an_operator("all@example.com")
    # The newest person, whom the pages of people are about: an owner is for owners alone.
    User.objects.create_user("plain@example.com")
    return list(all_cells(member, owner))


def a_member(account_id, role, email):
    person = an_operator(email, role=NO_ROLE)
    Membership.objects.create(user=person, account_id=account_id, role=role)
    return person


def wrong(user, role, cells, *, is_member=False):
    """What somebody meets otherwise than the matrix wants."""
    found = []
    for cell in cells:
        # A row that is not for members is missing, often before it is asked what they may do.
        wanted = {403} if role and not (is_member and cell.is_of_row) else {403, 404}
        if matrix.may(cell.letters, role, is_member=is_member):
            # An empty form is refused as such, or does nothing.
            wanted = {200, 302}
        if cell.method == "POST" and 403 in wanted:
            # Some pages take no form from anybody.
            wanted |= {405}
        status = status_of(user, cell.url, cell.method)
        if status not in wanted:
            found.append((cell.method, cell.url, status, wanted))
    return found


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_what_the_matrix_says_and_nothing_else(role, platform, cells):
    operator = an_operator(role=role)
    member = a_member(platform.id, role, "ours@example.com")
    stranger = a_member(a_platform().account_id, role, "theirs@example.com")

    assert wrong(operator, role, cells) == []
    assert wrong(member, role, cells, is_member=True) == []
    theirs = [
        (cell.method, cell.url, status_of(stranger, cell.url, cell.method))
        for cell in cells
        if cell.is_of_row and matrix.may(cell.letters, role, is_member=True)
    ]
    assert [one for one in theirs if one[2] != 404] == []


def test_without_a_role_nothing_opens(cells):
    nobody = an_operator(role=NO_ROLE)

    assert wrong(nobody, NO_ROLE, cells) == []
    assert {status_of(AnonymousUser(), cell.url, cell.method) for cell in cells} == {302}


def test_lists_show_members_the_rows_of_their_platform_alone(platform):
    other = a_platform()
    member = a_member(platform.id, "owner", "ours@example.com")
    stranger = a_member(other.account_id, "owner", "theirs@example.com")
    ours = {platform.id, *Account.objects.filter(opened_by=platform).values_list("id", flat=True)}

    for table, site in tables().items():
        letters = matrix.cells(matrix.LOOKS)[table]
        theirs = set(site.get_queryset(a_request(stranger)).values_list("pk", flat=True))
        mine = set(site.get_queryset(a_request(member)).values_list("pk", flat=True))
        if not letters.endswith("m"):
            continue
        assert theirs == ({other.account_id} if table == "accounts_account" else set()), table
        assert mine, table
        if hasattr(site.model, "account_id"):
            rows = site.model._default_manager.filter(pk__in=mine)
            assert set(rows.values_list("account_id", flat=True)) <= ours, table


@pytest.mark.parametrize("role", Role.values)
def test_a_role_has_the_actions_that_the_matrix_says(role, platform):
    people = {False: an_operator(role=role), True: a_member(platform.id, role, "m@example.com")}

    for table, site in tables().items():
        for is_member, person in people.items():
            wanted = {
                name
                for name, letters in matrix.ACTIONS.get(table, {}).items()
                if matrix.may(letters, role, is_member=is_member)
            }
            assert set(site.get_actions(a_request(person))) == wanted, table


def test_members_handle_no_payout_of_another(platform):
    stranger = a_member(a_platform().account_id, "owner", "theirs@example.com")
    payout = Payout.objects.first()
    Payout.objects.update(status="failed", failure_code="no_account", resolved_at=None)
    request = a_request(stranger, "POST")
    request.POST = {"payout": payout.id, "do": "resolve", "reason": "x"}
    view, args, kwargs = resolve(address("connect_payouts_to_look_at"))

    assert view(request, *args, **kwargs).status_code == 302

    payout.refresh_from_db()
    assert payout.resolved_at is None
