"""What the page of detectors says."""

from collections.abc import Iterable
from typing import Final

from django.utils import translation

from accounts.detection.detectors import DETECTORS, OF_PLACES, Answer, Detector

NOTES: Final = (
    "Each detector counts something, by whom or what it is about. What is over its threshold is an",
    "alarm; [what to do then](../how-to/when-an-alarm-is-raised.md). `RIALTO_ALARMS` sets",
    "thresholds ([settings](settings.md)). Where something usual was learned, of two weeks at",
    "least, an alarm needs a count that is improbable there; the threshold in parentheses, and a",
    "share, count before that. Suspending is done only with `RIALTO_ALARMS_SUSPEND_KEYS`; without,",
    "people are written to. Alarms of test mode are recorded, unless",
    "`RIALTO_TEST_ALARMS_ANSWERED` says otherwise.",
)
_ANSWERS: Final = {
    Answer.RECORD: "it is recorded",
    Answer.NOTIFY: "people are written to",
    Answer.CHALLENGE: "3-D Secure for every card of the account, for an hour",
    Answer.SLOW: "the source is slowed down, for an hour",
    Answer.SUSPEND: "the key is suspended",
}
_Rows = tuple[tuple[str, ...], Iterable[tuple[str, ...]]]


def detectors() -> _Rows:
    """Return the table of what each detector counts, and of what follows."""
    with translation.override("en"):
        rows = [
            (
                f"`{name}`",
                str(one.title),
                f"`{one.signal}`{', different ones,' if one.is_distinct else ''} by {_by(one)}",
                _threshold(one),
                _answers(one),
            )
            for name, one in DETECTORS.items()
        ]
    return ("Detector", "Title", "Counts", "From how many on", "What is done"), rows


def _by(one: Detector) -> str:
    return one.by.value.removesuffix("_id")


def _threshold(one: Detector) -> str:
    if one.signal in OF_PLACES:
        return "a place that is new"
    told = f"{one.threshold} in {one.minutes} minutes"
    if one.unlearned:
        told += f" ({one.unlearned})"
    if one.against:
        told += f", {one.share:.0%} of `{one.against}`"
    return told + (", if unusual" if one.has_baseline else "")


def _answers(one: Detector) -> str:
    told = [
        _ANSWERS[answer] if times == 1 else f"from {times} times as many on, {_ANSWERS[answer]}"
        for times, answer in one.answers
    ]
    return "; ".join(told)
