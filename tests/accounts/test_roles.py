"""Who has which role in the console, and who gives it."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from accounts.models import Membership, RoleChange, User
from accounts.services import roles
from core.security.role_words import Role
from core.security.roles import AREAS, RIGHTS, Standing, has_right, limit_of
from tests.factories import a_platform, a_seller, an_operator, as_owner

pytestmark = pytest.mark.django_db


def again(person):
    """The person as the next request has it."""
    return User.objects.get(pk=person.pk)


def test_the_table_names_only_what_is_there():
    from django.apps import apps

    tables = [table for area in AREAS for table in area.tables]
    named = [name.split(".") for right in RIGHTS.values() for name in right.permissions]

    assert all(apps.get_model(table) for table in tables)
    assert len(tables) == len(set(tables))
    assert all(apps.get_model(app, name.split("_")[1]) for app, name in named)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("owner", set(RIGHTS), set()),
        ("auditor", {"audit.read", "export", "document.read", "people.read"}, {"refund"}),
        ("admin", {"people.change", "keys.create"}, {"people.role", "people.invite", "refund"}),
        ("support", {"refund", "dispute.answer"}, {"capture", "payout.decide", "export"}),
        ("finance", {"payout.decide", "bank.files", "export", "books.verify"}, {"refund"}),
        ("developer", {"keys.create", "delivery.resend"}, {"refund", "payout.decide", "cancel"}),
        ("operator", {"refund", "capture", "payout.decide"}, {"keys.create", "people.change"}),
        ("", set(), set(RIGHTS)),
    ],
)
def test_a_role_decides_what_somebody_may_do(role, may, may_not):
    person = an_operator(role=role)

    assert {right for right in may if not has_right(person, right)} == set()
    assert {right for right in may_not if has_right(person, right)} == set()


def test_an_auditor_sees_all_and_changes_nothing():
    person = an_operator(role="auditor")
    seen = {table for area in AREAS for table in area.tables}

    assert {table for table in seen if not person.has_perm(table.replace(".", ".view_"))} == set()
    changes = {name for right in RIGHTS.values() for name in right.permissions}
    # It takes along what it sees.
    changes -= set(RIGHTS["export"].permissions)
    assert {name for name in changes if person.has_perm(name)} == set()


def test_support_refunds_up_to_an_amount_of_each_currency(settings):
    settings.SUPPORT_REFUNDS_UP_TO = {"usd": 200, "jpy": 3_000}
    person, owner = an_operator(role="support"), an_operator("olga@example.com")

    assert has_right(person, "refund", amount=200_00, currency="usd")
    assert not has_right(person, "refund", amount=200_01, currency="usd")
    assert has_right(person, "refund", amount=3_000, currency="jpy")
    assert not has_right(person, "refund", amount=1, currency="eur")
    assert limit_of(owner, "refund", "usd") is None
    assert has_right(owner, "refund", amount=10_000_000, currency="eur")


def test_rows_of_permissions_and_superusers_mean_nothing():
    person = an_operator(role="")
    as_owner(
        "INSERT INTO accounts_user_user_permissions (user_id, permission_id) "
        f"SELECT '{person.pk}', id FROM auth_permission"
    )

    assert not again(person).has_perm("connect.view_payout")
    assert again(person).get_all_permissions() == set()
    assert not User.objects.create_user("ann@example.com").has_module_perms("connect")


def test_who_is_inactive_has_no_standing():
    person = an_operator()
    assert person.standing == Standing(Role.OWNER)

    person.is_active = False
    person.save()

    assert again(person).standing is None
    assert not has_right(again(person), "refund")


def test_a_member_has_a_role_on_its_platform_alone():
    platform = a_platform()
    seller = a_seller(platform)
    person = an_operator(role="")
    # A seller that a platform opened is no platform.
    Membership.objects.create(user=person, account_id=seller.account_id, role="owner")
    assert person.standing is None
    Membership.objects.create(user=person, account_id=platform.account_id, role="owner")

    person = again(person)

    assert person.standing == Standing(Role.OWNER, platform.account_id)
    assert has_right(person, "refund")
    assert person.has_perm("connect.view_payout")
    for right in ("bank.files", "people.role", "audit.read", "prices.change", "books.verify"):
        assert not has_right(person, right)
    for name in ("processors.view_bankfile", "accounts.view_user", "ledger.view_journalentry"):
        assert not person.has_perm(name)


def test_the_application_gives_no_role():
    person = an_operator(role="support")
    person.operator_role = "owner"

    for role in ("owner", ""):
        person.operator_role = role
        with pytest.raises(ProgrammingError, match="only the owner"), transaction.atomic():
            person.save()
    with pytest.raises(ProgrammingError), transaction.atomic():
        User.objects.create_user("eve@example.com", operator_role="auditor")
    with pytest.raises(ProgrammingError), transaction.atomic():
        RoleChange.objects.all().delete()

    assert again(person).operator_role == "support"


def test_an_owner_gives_roles_and_takes_them_and_each_is_written_down():
    owner, person = an_operator("olga@example.com"), User.objects.create_user("bob@example.com")

    roles.set_role(user_id=person.pk, role=Role.SUPPORT, by_id=owner.pk)
    assert again(person).standing == Standing(Role.SUPPORT)
    roles.set_role(user_id=person.pk, role=None, by_id=owner.pk)

    assert again(person).standing is None
    changes = RoleChange.objects.filter(user_id=person.pk).order_by("pk")
    assert [(row.was, row.became, row.by_id) for row in changes] == [
        ("", "support", owner.pk),
        ("support", "", owner.pk),
    ]
    # What the tables' owner does is written down too, as nobody's.
    assert RoleChange.objects.get(user_id=owner.pk).by_id == ""


@pytest.mark.parametrize("role", ["admin", "auditor", ""])
def test_nobody_but_an_owner_gives_roles(role):
    other, person = an_operator("x@example.com", role=role), an_operator(role="support")

    with pytest.raises(DatabaseError, match="only an owner"), transaction.atomic():
        roles.set_role(user_id=person.pk, role=Role.OWNER, by_id=other.pk)

    assert again(person).operator_role == "support"


def test_an_owner_keeps_the_own_role_and_gives_none_that_does_not_exist():
    owner, person = an_operator(), User.objects.create_user("bob@example.com")

    with pytest.raises(DatabaseError, match="of their own"), transaction.atomic():
        roles.set_role(user_id=owner.pk, role=None, by_id=owner.pk)
    with (
        pytest.raises(DatabaseError, match="is no role"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT accounts_set_role(%s, 'root', %s)", [person.pk, owner.pk])
    with pytest.raises(DatabaseError, match="no such person"), transaction.atomic():
        roles.set_role(user_id="user_none", role=Role.ADMIN, by_id=owner.pk)


def test_an_owner_of_a_platform_lets_its_members_in_and_nobody_else():
    platform, other = a_platform(), a_platform()
    boss = an_operator("boss@example.com", role="")
    clerk, stranger = (User.objects.create_user(f"{n}@example.com") for n in ("clerk", "s"))
    for person, account, role in (
        (boss, platform, "owner"),
        (clerk, platform, "support"),
        (stranger, other, "support"),
    ):
        Membership.objects.create(user=person, account_id=account.account_id, role=role)

    roles.admit_member(user_id=clerk.pk, by_id=boss.pk)

    assert again(clerk).standing == Standing(Role.SUPPORT, platform.account_id)
    for refused in (
        lambda: roles.admit_member(user_id=stranger.pk, by_id=boss.pk),
        lambda: roles.set_role(user_id=clerk.pk, role=Role.OWNER, by_id=boss.pk),
        lambda: roles.admit_member(user_id=stranger.pk, by_id=clerk.pk),
    ):
        with pytest.raises(DatabaseError, match="only an owner"), transaction.atomic():
            refused()
