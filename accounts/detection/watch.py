"""Looking at what was observed: behind the requests, within a second."""

import logging
import time
from datetime import datetime
from typing import Final

from django.utils import timezone

from accounts.detection import alarms, baselines, counting, findings, measures, places
from accounts.detection.detectors import OF_PLACES
from accounts.detection.findings import Finding
from core.detection import signals

logger = logging.getLogger(__name__)

# An attack of thousands is written down as often as people can read it.
_AGAIN_AFTER_SECONDS: Final = 5.0
_MOST_REMEMBERED: Final = 10_000

# Detector and subject → how much was told of it, and when.
_told: Final[dict[tuple[str, str], tuple[int, float]]] = {}


def look() -> int:
    """Count what this process has observed, and tell how many alarms are written for it."""
    return look_at(timezone.now())


def look_at(at: datetime) -> int:
    """Do as `look` at a moment."""
    observed = signals.drain()
    if not observed:
        return 0
    measures.refresh()
    found = places.find([one for one in observed if one.signal in OF_PLACES], at=at)
    moment = at.timestamp()
    totals = counting.add(findings.additions(observed), moment)
    found += findings.find(
        totals,
        reads=lambda names: counting.read(names, moment),
        usual=lambda detector, subject: baselines.usual(detector, subject, at),
    )
    return sum(_record(finding, at) for finding in found)


def forget_told() -> None:
    """Write down at once whatever is found next, however much of it was told just now."""
    _told.clear()


def _record(finding: Finding, at: datetime) -> bool:
    key = (finding.detector.name, finding.subject)
    now = time.monotonic()
    count, told_at = _told.get(key, (0, float("-inf")))
    if now - told_at < _AGAIN_AFTER_SECONDS and finding.count < 2 * count:
        return False
    try:
        row = alarms.record(finding, at=at)
    except Exception:
        # What is wrong with one alarm must not keep the others from being told.
        logger.exception("An alarm of %s could not be written.", finding.detector.name)
        return False
    if len(_told) >= _MOST_REMEMBERED:
        _told.clear()
    _told[key] = (finding.count, now)
    return row is not None
