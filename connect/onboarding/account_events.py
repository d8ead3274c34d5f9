"""Events of an account and its people, told by what the wire showed before and shows now."""

from collections.abc import Iterable

from accounts.models import Account
from connect.models import AccountRequirements, Person
from connect.onboarding import account_queries, capability_resources, person_resources, resources
from connect.onboarding.account_queries import AccountProfile
from core.tenant import Tenant
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork

# As the wire showed people and capabilities, by id and by name.
Shapes = dict[str, JsonObject]


def render(account: Account, *, livemode: bool) -> JsonObject:
    """Render an account as its platform sees it now."""
    profiles = account_queries.load_profiles([account.id], livemode=livemode)
    return resources.account(account, profiles[account.id])


def shapes(profile: AccountProfile, people: Iterable[Person], row: AccountRequirements) -> Shapes:
    """Return the shapes of an account's people and capabilities."""
    found = {one.id: person_resources.person(one, row) for one in people}
    return found | {c.name: capability_resources.capability(c, row) for c in profile.capabilities}


def tell_of_people(
    work: UnitOfWork,
    people: Iterable[Person],
    row: AccountRequirements,
    before: Shapes,
    *,
    told: str,
) -> None:
    """Emit `person.updated` of everybody whose verification has moved.

    Args:
        work: The unit of work of the change.
        people: The account's people.
        row: The account's requirements.
        before: Their shapes before.
        told: One who is left out: the caller tells of it.
    """
    for person in people:
        was, after = before[person.id], person_resources.person(person, row)
        if person.id != told and was["verification"] != after["verification"]:
            work.emit("person.updated", person.tenant, after, before=was)


def tell(
    work: UnitOfWork, account: Account, profile: AccountProfile, before: JsonObject | None = None
) -> None:
    """Emit `account.updated`.

    Args:
        work: The unit of work of the change.
        account: The account.
        profile: What it is shown with now.
        before: As the wire showed it; None for one that is just opened.
    """
    after = resources.account(account, profile)
    tenant = Tenant(account.id, work.livemode)
    work.emit("account.updated", tenant, after, before=after if before is None else before)


def tell_if_changed(
    work: UnitOfWork, account: Account, profile: AccountProfile, before: JsonObject
) -> None:
    """Emit `account.updated`, if the wire shows the account otherwise than before."""
    if before != resources.account(account, profile):
        tell(work, account, profile, before)
