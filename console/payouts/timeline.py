"""All that happened to a payout, in one line of time."""

from collections.abc import Iterable

from console.linking import link_to
from console.payments.timeline import Moment
from console.payouts import words
from core.histories import Step


def moments(steps: Iterable[Step], remarks: Iterable[Moment], user: object) -> list[Moment]:
    """Return what happened, the newest first.

    Args:
        steps: As the rooms tell it.
        remarks: What people did and wrote.
        user: Who asks; what is closed to them is not linked.
    """
    told = [*(_moment(step, user) for step in steps), *remarks]
    told.sort(key=lambda moment: moment.at, reverse=True)
    return told


def _moment(step: Step, user: object) -> Moment:
    what, look = words.step(step.kind, step.status)
    page = words.PAGES.get(step.kind, words.ENTRY)
    return Moment(
        at=step.at,
        what=what,
        look=look,
        amount=str(step.money) if step.money else "",
        note=step.note,
        id=step.id if page else "",
        page=link_to(user, page, step.id),
        party="",
        party_page="",
    )
