"""After a restore: erasing again who was erased since the backup was made, by the kept trail."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from accounts.audit import trail
from console.privacy import erasing, subjects
from console.privacy.subjects import Subject
from core.errors import InvalidRequest, Missing
from payments.erasure import payers

_ERASED: Final = "personal_data.erased"


def erased_in(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return who was erased, by an export of the audit trail: kind and name, each once.

    Args:
        lines: Lines of `rialto audit export`.
    """
    found: dict[tuple[str, str], None] = {}
    for line in lines:
        event = json.loads(line).get("event") or {}
        if event.get("action") == _ERASED:
            found[event["target_type"], event["target_id"]] = None
    return list(found)


def replay(
    targets: Iterable[tuple[str, str]], *, reason: str, at: datetime
) -> tuple[int, list[str]]:
    """Erase again who was erased; who is gone already stays so.

    Args:
        targets: Kind and name of each, as the trail has them.
        reason: Why.
        at: The moment.

    Returns:
        How many were erased, and of whom that was refused, with the reason.
    """
    wanted = set(targets)
    names = [Subject(kind, name) for kind, name in wanted if kind != subjects.ADDRESS]
    hashes = {name for kind, name in wanted if kind == subjects.ADDRESS}
    if hashes:
        names += [
            Subject(subjects.ADDRESS, email)
            for email in payers.guest_addresses()
            if trail.hashed(email.upper()) in hashes
        ]
    count, refused = 0, []
    for subject in sorted(names, key=lambda one: one.name):
        try:
            erasing.erase(subject, reason=reason, at=at)
        except Missing:
            continue
        except InvalidRequest as error:
            refused.append(f"{subject.name}: {error.message}")
        else:
            count += 1
    return count, refused
