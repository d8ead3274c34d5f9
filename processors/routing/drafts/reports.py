"""What a replay found, in sentences: each estimate is called one."""

from typing import Final

from core.money import Money
from core.types import JsonObject
from processors.routing.drafts.replays import Replay

_NOBODY: Final = "nobody: refused"


def lines(found: Replay) -> list[str]:
    """Return what rules would have changed, line by line."""
    if not found.total:
        return ["There were no payments."]
    moved = sum(found.moves.values())
    told = [f"{_count(found.total)}; {moved:,} would have gone elsewhere."]
    told += [
        f"  {count:,} from {was} to {would or _NOBODY}"
        for (was, would), count in found.moves.most_common()
    ]
    told += _costs(found) + _approvals(found)
    if found.assumed:
        told.append(
            f"Of {found.assumed:,} nothing was kept of who else could have taken them: it is taken "
            "for granted that the accounts that can now could then."
        )
    return told


def as_json(found: Replay) -> JsonObject:
    """Return the same for programs. Amounts are minor units."""
    interval = found.estimate.interval
    return {
        "payments": found.total,
        "assumed": found.assumed,
        "moves": [
            {"from": was, "to": would or None, "payments": count}
            for (was, would), count in found.moves.most_common()
        ],
        "expected_cost": {
            currency: {
                "before": found.cost_before[currency],
                "after": found.cost_after[currency],
            }
            for currency in sorted(found.cost_before)
        },
        "unpriced": found.unpriced,
        "succeeded": found.succeeded,
        "ended": found.ended,
        "estimated_approval": {
            "payments": found.estimate.known,
            "unknown": found.estimate.unknown,
            "interval": list(interval) if interval else None,
        },
    }


def _costs(found: Replay) -> list[str]:
    told = []
    for currency in sorted(found.cost_before):
        before, after = found.cost_before[currency], found.cost_after[currency]
        word = "less" if after <= before else "more"
        told.append(
            f"Expected fees: {Money(before, currency)} → {Money(after, currency)}, "
            f"{Money(abs(after - before), currency)} {word}."
        )
    if found.unpriced:
        told.append(
            f"Of {found.unpriced:,} no fee is known: give their accounts a fee model to compare."
        )
    return told


def _approvals(found: Replay) -> list[str]:
    told = []
    if found.ended:
        share = 100 * found.succeeded / found.ended
        told.append(f"First attempts that succeeded: {share:.1f} % of {found.ended:,}.")
    interval = found.estimate.interval
    if interval is None:
        told.append("Nothing can be claimed of approvals: too few outcomes are known.")
        return told
    low, high = (100 * share for share in interval)
    told.append(
        f"An estimate with the draft: {low:.1f} to {high:.1f} % of {found.estimate.known:,} (95 % "
        "sure)."
    )
    if found.estimate.unknown:
        told.append(
            f"Nothing is claimed of {found.estimate.unknown:,}: too few outcomes are known where "
            "they would have gone, or they have none yet."
        )
    return told


def _count(total: int) -> str:
    return "1 payment was looked at" if total == 1 else f"{total:,} payments were looked at"
