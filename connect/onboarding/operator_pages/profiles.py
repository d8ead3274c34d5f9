"""What the console shows of an account: what it gave, what it lacks, and what stops it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext

from accounts.models import Account
from connect import disabled_reasons
from connect.models import AccountBlock, Capability, ExternalAccount, Person
from connect.onboarding import account_queries
from connect.payouts import queries
from core.security.rows import may_see
from core.types import Fields, JsonObject

# Of people, and of bank accounts; the lists have the rest.
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Profile:
    """An account in one mode.

    Args:
        livemode: The mode.
        requirements: As last evaluated.
        capabilities: What it asked for.
        blocks: What somebody has stopped.
        paid_to: Its bank accounts and cards, the newest first.
        people: Those behind it.
    """

    livemode: bool
    requirements: JsonObject
    capabilities: list[Capability]
    blocks: list[AccountBlock]
    paid_to: list[ExternalAccount]
    people: list[Person]


def any_account(account_id: str, user: object) -> Account | None:
    """Return an account that somebody may see in the console; None if there is none.

    Args:
        account_id: `acct_...`.
        user: Who asks; `request.user`.
    """
    row = Account.objects.select_related("opened_by").filter(id=account_id).first()
    return row if row and may_see(user, row.id, row.opened_by_id) else None


def profile_of(account: Account, *, livemode: bool) -> Profile:
    """Return what is known of an account in a mode, in six queries."""
    found = account_queries.load_profiles([account.id], livemode=livemode)[account.id]
    people = account_queries.visible_people(account, livemode=livemode).order_by("-id")
    row = found.account_requirements
    return Profile(
        livemode=livemode,
        requirements=row.requirements if row else {},
        capabilities=sorted(found.capabilities, key=lambda one: one.name),
        blocks=list(account_queries.blocks(account.id, livemode=livemode)[:MOST]),
        paid_to=found.external_accounts,
        people=list(people[:MOST]),
    )


def why_disabled(requirements: Fields) -> str:
    """Return why an account is disabled, as a sentence; empty if it is not."""
    code = requirements.get("disabled_reason") or ""
    if not code:
        return ""
    words = gettext(disabled_reasons.WORDS.get(code, disabled_reasons.SOMETHING))
    return words[:1].upper() + words[1:]


def why_not_paid(account: Account, profile: Profile) -> dict[str, str]:
    """Return why payouts of an account are disabled if they are, as `disabled_reasons` does."""
    if account.closed_at:
        return {"disabled_reason": "closed", "is_stopped": "yes"}
    for block in profile.blocks:
        if block.kind == "payouts":
            reason = {"disabled_reason": block.reason, "message": block.message}
            return reason | {"is_stopped": "yes"}
    return {"disabled_reason": queries.missing_reason(profile.requirements)}


def due(profile: Profile) -> list[tuple[str, list[str]]]:
    """Return what an account lacks, by how urgent it is, in words."""
    names = {person.id: str(person) for person in profile.people}
    kinds = {
        gettext("Overdue"): "past_due",
        gettext("Due now"): "currently_due",
        gettext("Being checked"): "pending_verification",
        gettext("Due later"): "eventually_due",
    }
    found, told = [], set[str]()
    for title, kind in kinds.items():
        fields = [one for one in profile.requirements.get(kind) or [] if one not in told]
        told.update(fields)
        if fields:
            found.append((title, [say_field(one, names) for one in fields]))
    return found


def is_due(requirements: Fields) -> bool:
    """Tell whether an account lacks what it must give by now."""
    return bool(requirements.get("past_due") or requirements.get("currently_due"))


def deadline(requirements: Fields) -> datetime | None:
    """Return until when what is due must be there; None if there is no such moment."""
    seconds = requirements.get("current_deadline")
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def say_field(field: str, names: Fields) -> str:
    """Return a required field as people read it, such as `Ada Love: id number`."""
    head, _, rest = field.partition(".")
    owner = names.get(head) or head.replace("_", " ").capitalize()
    return f"{owner}: {rest.replace('.', ' ').replace('_', ' ')}" if rest else str(owner)


def papers_in(details: object) -> Iterator[str]:
    """Return the files that an account or a person names, wherever they stand in it."""
    if isinstance(details, dict):
        for value in details.values():
            yield from papers_in(value)
    elif isinstance(details, list):
        for value in details:
            yield from papers_in(value)
    elif isinstance(details, str) and details.startswith("file_"):
        yield details
