"""Rules from draft to publication, and back to a version that was published before."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from accounts.audit import trail
from accounts.models import ConfigurationVersion
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.errors import InvalidRequest, missing
from core.security import actor
from core.types import JsonObject
from processors.accounts import snapshot
from processors.models import RoutingRuleSet
from processors.router import candidates
from processors.routing import parsing
from processors.routing.drafts import checks
from processors.routing.parsing import InvalidRules
from processors.routing.rules import RuleSet

# Each currency in use, with whether it is used in live mode.
Currencies = Collection[tuple[bool, str]]
_EMPTY: Final[JsonObject] = {"rules": []}


def draft() -> RoutingRuleSet:
    """Return the draft, as it was saved last; as long as there is none, what is published."""
    row = RoutingRuleSet.objects.filter(is_draft=True).first()
    if row is not None:
        return row
    newest = published()
    return RoutingRuleSet(is_draft=True, document=newest.document if newest else dict(_EMPTY))


def published(version: int | None = None) -> RoutingRuleSet | None:
    """Return what was published as a version; without one, the newest."""
    rows = RoutingRuleSet.objects.filter(is_draft=False).order_by("-version")
    return (rows if version is None else rows.filter(version=version)).first()


def history(*, most: int) -> list[RoutingRuleSet]:
    """Return what was published, the newest first."""
    return list(RoutingRuleSet.objects.filter(is_draft=False).order_by("-version")[:most])


def read(document: object) -> RuleSet:
    """Read rules.

    Raises:
        InvalidRequest: If they are none, with what is wrong.
    """
    try:
        return parsing.parse(document)
    except InvalidRules as error:
        raise InvalidRequest(str(error), param="rules") from error


def check(rules: RuleSet, currencies: Currencies, *, at: datetime) -> list[str]:
    """Return what keeps rules from being published."""
    held = snapshot.current()
    both = [*candidates.of(held, livemode=False), *candidates.of(held, livemode=True)]
    return checks.problems(rules, both, currencies=currencies, at=at)


def save_draft(rules: RuleSet, *, at: datetime) -> RoutingRuleSet:
    """Keep a draft, which may still have problems.

    Args:
        rules: All of it.
        at: The moment.
    """
    document = parsing.render(rules)
    with atomic():
        row = lock_rows(RoutingRuleSet.objects.filter(is_draft=True)).first() or draft()
        before, row.document = row.document, document
        row.author, row.changed_at = _author(), at
        row.save()
        trail.record("routing.draft_changed", row, changes={"rules": (before, document)})
    return row


def discard_draft(*, at: datetime) -> None:
    """Forget the draft: it is again what is published."""
    with atomic():
        row = lock_rows(RoutingRuleSet.objects.filter(is_draft=True)).first()
        if row is not None:
            trail.record("routing.draft_discarded", row, changes={"rules": (row.document, None)})
            row.delete()


def publish(
    rules: RuleSet,
    *,
    reason: str,
    currencies: Currencies,
    at: datetime,
    again_of: int | None = None,
) -> RoutingRuleSet:
    """Publish rules: from now on they count, in all processes.

    Args:
        rules: What was drafted.
        reason: Why.
        currencies: Those in use, for which an account must be left.
        at: The moment.
        again_of: The version that is published again, if it is one.

    Raises:
        InvalidRequest: If a check fails, or there is no reason; with all that is wrong.
    """
    if not reason.strip():
        raise InvalidRequest("Say why these rules are published.", param="reason")
    if problems := check(rules, currencies, at=at):
        raise InvalidRequest(" ".join(problems), param="rules")
    document = parsing.render(rules)
    with atomic():
        held = lock_rows(RoutingRuleSet.objects.all()).order_by("id")
        newest = max((row.version or 0 for row in held), default=0)
        before = published()
        row = RoutingRuleSet(
            version=newest + 1,
            document=document,
            author=_author(),
            reason=reason.strip(),
            again_of=again_of,
            changed_at=at,
            published_at=at,
        )
        row.save(force_insert=True)
        RoutingRuleSet.objects.filter(is_draft=True).delete()
        trail.record(
            "routing.published",
            row,
            changes={
                "version": (before.version if before else None, row.version),
                "rules": (before.document if before else None, document),
            },
            reason=reason,
        )
        ConfigurationVersion.bump()
    return row


def publish_again(
    version: int, *, reason: str, currencies: Currencies, at: datetime
) -> RoutingRuleSet:
    """Publish the rules of an older version again, as a new one.

    Raises:
        Missing: If there is no such version.
        InvalidRequest: If a check fails by now.
    """
    older = published(version)
    if older is None:
        raise missing("version of rules", str(version))
    return publish(
        read(older.document),
        reason=reason,
        currencies=currencies,
        at=at,
        again_of=version,
    )


def _author() -> str:
    who = actor.current()
    return who.email or who.name or who.kind
