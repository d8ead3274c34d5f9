"""What was observed becomes counts, and what counts are over a threshold becomes findings."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from accounts.detection import baselines, detectors
from accounts.detection.counting import Addition, Counted
from accounts.detection.detectors import By, Detector
from core.detection.signals import Observation
from core.types import JsonObject

# Detector and subject → how many are usual in five minutes; None if that is not known.
Usual = Callable[[str, str], float | None]
# Counts → how many they have come to.
Reads = Callable[[list[Counted]], Mapping[Counted, int]]

_PREFIXES = {By.KEY: "key:", By.NETWORK: "network:", By.PERSON: "person:", By.THING: ""}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector has found.

    Args:
        detector: The detector.
        account_id: Whose account it is about; empty for the whole installation.
        livemode: In which mode.
        subject: Whom or what it is about.
        count: How much was seen.
        threshold: From how much on it is told.
        figures: More that it was told by, which its sentence names.
    """

    detector: Detector
    account_id: str
    livemode: bool
    subject: str
    count: int
    threshold: int
    figures: JsonObject = field(default_factory=dict)


def additions(observed: Counter[Observation]) -> dict[Counted, Addition]:
    """Return what is to be added to which counts."""
    found: dict[Counted, Addition] = {}
    for observation, count in observed.items():
        if observation.signal in detectors.OF_PLACES:
            continue
        named = [(one, False) for one in detectors.of_signal(observation.signal)]
        named += [(one, True) for one in detectors.against(observation.signal)]
        for detector, is_all in named:
            value = str(getattr(observation, detector.by))
            is_counted = observation.member or not detector.is_distinct or is_all
            if not value or not is_counted:
                continue
            # What comes from a network, or fails, is whose it may be.
            is_of_account = detector.by in (By.ACCOUNT, By.KEY)
            account_id = observation.account_id if is_of_account else ""
            livemode = observation.livemode if is_of_account else False
            counted = Counted(detector, account_id, livemode, value, is_all)
            addition = found.setdefault(counted, Addition())
            addition.count += count
            addition.members.add(observation.member)
    return found


def find(totals: Mapping[Counted, int], *, reads: Reads, usual: Usual) -> list[Finding]:
    """Return what is over a threshold.

    Args:
        totals: Counts that something was added to, and what they have come to.
        reads: Reads other counts.
        usual: Tells what is usual; asked only about what is over a threshold.
    """
    over = {
        counted: count
        for counted, count in totals.items()
        if not counted.is_all and count >= detectors.threshold_of(counted.detector)
    }
    shares = [counted.all for counted in over if counted.detector.against]
    alls = reads(shares) if shares else {}
    return [
        _finding(counted, count, alls)
        for counted, count in over.items()
        if _is_alarming(counted, count, alls, usual)
    ]


def subject_of(detector: Detector, value: str) -> str:
    """Return how an alarm names whom it is about."""
    return f"{_PREFIXES.get(detector.by, 'account:')}{value}"


def _is_alarming(counted: Counted, count: int, alls: Mapping[Counted, int], usual: Usual) -> bool:
    detector = counted.detector
    if detector.has_baseline:
        mean = usual(*baselines.subject_of(counted.name))
        if mean is not None:
            return baselines.is_unusual(count, mean * detector.minutes / 5)
    if count < detectors.unlearned_of(detector):
        return False
    if detector.against is None:
        return True
    return count >= detector.share * alls.get(counted.all, 0)


def _finding(counted: Counted, count: int, alls: Mapping[Counted, int]) -> Finding:
    detector = counted.detector
    figures: JsonObject = {"minutes": detector.minutes}
    if detector.against:
        figures["all"] = alls.get(counted.all, 0)
    subject = subject_of(detector, counted.value)
    if detector.by is By.ACCOUNT:
        # The same account is another one in the other mode.
        subject += ":live" if counted.livemode else ":test"
    return Finding(
        detector,
        counted.account_id,
        counted.livemode,
        subject,
        count,
        detectors.threshold_of(detector),
        figures,
    )
