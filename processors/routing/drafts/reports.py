"""What a replay found, in sentences: each estimate is called one."""

from typing import Final

from core.money import Money
from core.types import JsonObject
from processors.routing.drafts.replays import Replay
from processors.routing.words import Say

NOBODY: Final = "nobody: refused"
LESS: Final = "Expected fees: %(before)s → %(after)s, %(difference)s less."
MORE: Final = "Expected fees: %(before)s → %(after)s, %(difference)s more."


def lines(found: Replay, *, say: Say = str) -> list[str]:
    """Return what rules would have changed, line by line.

    Args:
        found: What was replayed.
        say: Says what it is given in the reader's language.
    """
    if not found.total:
        return [say("There were no payments.")]
    moved = f"{sum(found.moves.values()):,}"
    elsewhere = say("%(count)s would have gone elsewhere.") % {"count": moved}
    told = [f"{_count(found.total, say)}; {elsewhere}"]
    told += [
        "  "
        + say("%(count)s from %(was)s to %(would)s")
        % {"count": f"{count:,}", "was": was, "would": would or say(NOBODY)}
        for (was, would), count in found.moves.most_common()
    ]
    told += _costs(found, say) + _approvals(found, say)
    if found.assumed:
        told.append(
            say(
                "Of %(count)s nothing was kept of who else could have taken them: it is taken for "
                "granted that the accounts that can now could then."
            )
            % {"count": f"{found.assumed:,}"}
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


def _costs(found: Replay, say: Say) -> list[str]:
    told = []
    for currency in sorted(found.cost_before):
        before, after = found.cost_before[currency], found.cost_after[currency]
        words = LESS if after <= before else MORE
        told.append(
            say(words)
            % {
                "before": Money(before, currency),
                "after": Money(after, currency),
                "difference": Money(abs(after - before), currency),
            }
        )
    if found.unpriced:
        told.append(
            say("Of %(count)s no fee is known: give their accounts a fee model to compare.")
            % {"count": f"{found.unpriced:,}"}
        )
    return told


def _approvals(found: Replay, say: Say) -> list[str]:
    told = []
    if found.ended:
        told.append(
            say("First attempts that succeeded: %(share)s %% of %(count)s.")
            % {"share": f"{100 * found.succeeded / found.ended:.1f}", "count": f"{found.ended:,}"}
        )
    interval = found.estimate.interval
    if interval is None:
        told.append(say("Nothing can be claimed of approvals: too few outcomes are known."))
        return told
    low, high = (f"{100 * share:.1f}" for share in interval)
    told.append(
        say("An estimate with the draft: %(low)s to %(high)s %% of %(count)s (95 %% sure).")
        % {"low": low, "high": high, "count": f"{found.estimate.known:,}"}
    )
    if found.estimate.unknown:
        told.append(
            say(
                "Nothing is claimed of %(count)s: too few outcomes are known where they would have "
                "gone, or they have none yet."
            )
            % {"count": f"{found.estimate.unknown:,}"}
        )
    return told


def _count(total: int, say: Say) -> str:
    if total == 1:
        return say("1 payment was looked at")
    return say("%(count)s payments were looked at") % {"count": f"{total:,}"}
