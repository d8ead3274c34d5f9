"""Every detector, one entry each: what it counts, when that is an alarm, and what is done then."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from core.detection.signals import Signal


class Answer(StrEnum):
    """What is done about an alarm, from the mildest on."""

    RECORD = "record"
    NOTIFY = "notify"
    CHALLENGE = "challenge"
    SLOW = "slow"
    SUSPEND = "suspend"


# Answer → what was done, for people.
DONE: Final[dict[Answer, StrOrPromise]] = {
    Answer.RECORD: gettext_lazy("It was recorded."),
    Answer.NOTIFY: gettext_lazy("Those whom it concerns were written to."),
    Answer.CHALLENGE: gettext_lazy("Payers' banks are asked about every card of the account."),
    Answer.SLOW: gettext_lazy("What comes from there is slowed down."),
    Answer.SUSPEND: gettext_lazy("The key is refused until somebody undoes that."),
}


class By(StrEnum):
    """Whom signals are counted by: what it is called in an `Observation`."""

    ACCOUNT = "account_id"
    KEY = "key_id"
    NETWORK = "network"
    PERSON = "person_id"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Detector:
    """What a detector counts, and what follows.

    Args:
        name: Its name, for ever.
        title: What it is called.
        sentence: What an alarm says, with `%(count)s`, `%(subject)s` and `%(minutes)s`.
        signal: What it counts.
        by: Whom by.
        minutes: In how long.
        threshold: From how many on it is an alarm; 0 for never.
        answers: What is done: from which multiple of the threshold on.
        is_distinct: Whether it counts how many different ones there are.
        against: What its count is a share of.
        share: Which share of that it must be.
        has_baseline: Whether what is usual is learned: from then on an alarm needs a count that is
            improbable there, and no share.
        unlearned: From how many on it is an alarm before that; the threshold if 0.
    """

    name: str
    title: StrOrPromise
    sentence: StrOrPromise
    signal: Signal
    by: By
    minutes: int
    threshold: int
    answers: tuple[tuple[int, Answer], ...]
    is_distinct: bool = False
    against: Signal | None = None
    share: float = 0.0
    has_baseline: bool = False
    unlearned: int = 0

    @property
    def window(self) -> timedelta:
        """In how long it counts, at most."""
        return timedelta(minutes=self.minutes)


# Of these it is the place that counts, and not how often.
OF_PLACES: Final = frozenset({Signal.KEY_USED, Signal.LOGGED_IN})

_NOTIFIES: Final = ((1, Answer.NOTIFY),)
_SLOWS: Final = ((1, Answer.SLOW),)
_NOTIFIES_THEN_SLOWS: Final = ((1, Answer.NOTIFY), (3, Answer.SLOW))
_SUSPENDS: Final = ((1, Answer.SUSPEND),)

_ALL: Final = (
    Detector(
        "card_testing",
        gettext_lazy("Card testing"),
        gettext_lazy("%(count)s cards were declined within %(minutes)s minutes."),
        Signal.CARD_DECLINED, By.ACCOUNT, 5, 8, ((1, Answer.CHALLENGE),),
        against=Signal.CARD_TRIED, share=0.6, has_baseline=True, unlearned=20,
    ),
    Detector(
        "cards_of_network",
        gettext_lazy("Many cards from one network"),
        gettext_lazy("%(count)s different cards from %(subject)s were declined within an hour."),
        Signal.CARD_DECLINED, By.NETWORK, 60, 8, _SLOWS, is_distinct=True,
    ),
    Detector(
        "cards_of_key",
        gettext_lazy("Many cards by one key"),
        gettext_lazy("%(count)s different cards were declined by %(subject)s within 10 minutes."),
        Signal.CARD_DECLINED, By.KEY, 10, 15, ((1, Answer.NOTIFY), (4, Answer.SUSPEND)),
        is_distinct=True, against=Signal.CARD_TRIED, share=0.6,
    ),
    Detector(
        "small_amounts",
        gettext_lazy("Small amounts on many cards"),
        gettext_lazy("Small amounts were declined on %(count)s different cards within an hour."),
        Signal.SMALL_DECLINED, By.ACCOUNT, 60, 8, ((1, Answer.CHALLENGE),), is_distinct=True,
    ),
    Detector(
        "key_from_new_network",
        gettext_lazy("A key from a new network"),
        gettext_lazy("%(subject)s was used from %(place)s, where it never was before."),
        Signal.KEY_USED, By.KEY, 0, 1, _NOTIFIES,
    ),
    Detector(
        "key_in_two_places",
        gettext_lazy("A key in two places at once"),
        gettext_lazy(
            "%(subject)s was used from %(place)s, where it never was before, and from %(other)s "
            "within the same %(minutes)s minutes."
        ),
        Signal.KEY_USED, By.KEY, 10, 1, ((1, Answer.SUSPEND),),
    ),
    Detector(
        "id_probing",
        gettext_lazy("Identifiers tried out"),
        gettext_lazy(
            "%(subject)s asked for %(count)s different objects that it does not have, within "
            "%(minutes)s minutes."
        ),
        Signal.ID_MISSED, By.KEY, 5, 20, _NOTIFIES_THEN_SLOWS, is_distinct=True,
    ),
    Detector(
        "permission_probing",
        gettext_lazy("Permissions tried out"),
        gettext_lazy(
            "%(subject)s asked %(count)s times within %(minutes)s minutes for what it may not do."
        ),
        Signal.FORBIDDEN, By.KEY, 5, 15, _NOTIFIES_THEN_SLOWS,
    ),
    Detector(
        "failures",
        gettext_lazy("Many failures"),
        gettext_lazy(
            "%(count)s requests to %(subject)s failed within %(minutes)s minutes, and not by their "
            "own fault."
        ),
        Signal.FAILED, By.THING, 5, 8, _NOTIFIES, has_baseline=True,
    ),
    Detector(
        "refund_velocity",
        gettext_lazy("Many refunds"),
        gettext_lazy("%(count)s refunds were made within %(minutes)s minutes."),
        Signal.REFUNDED, By.ACCOUNT, 5, 8, _NOTIFIES, has_baseline=True, unlearned=30,
    ),
    Detector(
        "refund_ratio",
        gettext_lazy("More refunds than payments"),
        gettext_lazy("%(count)s refunds were made within a day, to %(all)s payments."),
        Signal.REFUNDED, By.ACCOUNT, 1_440, 40, _NOTIFIES, against=Signal.CARD_TRIED, share=0.8,
    ),
    Detector(
        "old_refunds",
        gettext_lazy("Refunds of old payments"),
        gettext_lazy("%(count)s payments of more than 60 days ago were refunded within an hour."),
        Signal.OLD_REFUNDED, By.ACCOUNT, 60, 5, _NOTIFIES,
    ),
    Detector(
        "payout_to_changed_destination",
        gettext_lazy("A payout to a changed destination"),
        gettext_lazy(
            "A payout was ordered to %(subject)s, which has just taken another's place. It is held "
            "for now."
        ),
        Signal.HELD_PAYOUT, By.THING, 60, 1, _NOTIFIES,
    ),
    Detector(
        "login_failures",
        gettext_lazy("Wrong passwords"),
        gettext_lazy(
            "%(count)s wrong passwords came from %(subject)s within %(minutes)s minutes."
        ),
        Signal.LOGIN_FAILED, By.NETWORK, 10, 20, _NOTIFIES,
    ),
    Detector(
        "factor_failures",
        gettext_lazy("Wrong codes of second factors"),
        gettext_lazy("%(subject)s, or whoever has that password, typed %(count)s wrong codes."),
        Signal.FACTOR_FAILED, By.PERSON, 10, 5, _NOTIFIES,
    ),
    Detector(
        "new_device",
        gettext_lazy("A new device of an operator"),
        gettext_lazy("%(subject)s logged in from %(place)s, with a device that is new there."),
        Signal.LOGGED_IN, By.PERSON, 0, 1, _NOTIFIES,
    ),
    Detector(
        "staff_reading",
        gettext_lazy("An operator reads very much"),
        gettext_lazy("%(subject)s opened %(count)s pages within %(minutes)s minutes."),
        Signal.STAFF_READ, By.PERSON, 10, 400, _NOTIFIES,
    ),
    Detector(
        "staff_exports",
        gettext_lazy("An operator exports very much"),
        gettext_lazy("%(subject)s made %(count)s exports within an hour."),
        Signal.STAFF_EXPORTED, By.PERSON, 60, 10, _NOTIFIES,
    ),
    Detector(
        "live_key_in_clear",
        gettext_lazy("A live key without TLS"),
        gettext_lazy(
            "The live key %(subject)s came without TLS: whoever was on the way has it. Roll it."
        ),
        Signal.KEY_IN_CLEAR, By.THING, 60, 1, _NOTIFIES,
    ),
    Detector(
        "publishable_key_misused",
        gettext_lazy("A publishable key in the place of a secret one"),
        gettext_lazy(
            "%(subject)s is publishable, and asked %(count)s times within %(minutes)s minutes for "
            "what only a secret key may do."
        ),
        # All payers of a shop have the same one: it is not slowed down.
        Signal.PUBLISHABLE_REFUSED, By.KEY, 10, 10, _NOTIFIES,
    ),
    Detector(
        "notices_refused",
        gettext_lazy("Notices with wrong signatures"),
        gettext_lazy(
            "%(count)s notices for %(subject)s within %(minutes)s minutes were not signed by it."
        ),
        Signal.NOTICE_REFUSED, By.THING, 5, 10, _NOTIFIES,
    ),
    Detector(
        "wrong_keys_of_network",
        gettext_lazy("Wrong API keys from one network"),
        gettext_lazy("%(count)s wrong API keys came from %(subject)s within %(minutes)s minutes."),
        Signal.WRONG_KEY, By.NETWORK, 5, 20, _NOTIFIES,
    ),
    Detector(
        "wrong_keys_of_start",
        gettext_lazy("Wrong API keys that begin alike"),
        gettext_lazy(
            "%(count)s wrong API keys that begin with %(subject)s came within %(minutes)s minutes."
        ),
        Signal.WRONG_KEY, By.THING, 5, 20, _NOTIFIES,
    ),
)  # fmt: skip

DETECTORS: Final = {detector.name: detector for detector in _ALL}


def of_signal(signal: Signal) -> list[Detector]:
    """Return the detectors that count a signal."""
    return [one for one in _ALL if one.signal == signal and threshold_of(one)]


def against(signal: Signal) -> list[Detector]:
    """Return the detectors that hold their count against a signal."""
    return [one for one in _ALL if one.against == signal and threshold_of(one)]


def threshold_of(detector: Detector) -> int:
    """Return from how many on it is an alarm, as the operator has set it; 0 for never."""
    found: int = settings.ALARMS.get(detector.name, detector.threshold)
    return found


def unlearned_of(detector: Detector) -> int:
    """Return from how many on it is an alarm where nothing was learned yet."""
    if detector.name in settings.ALARMS or not detector.unlearned:
        return threshold_of(detector)
    return detector.unlearned


def answer_to(detector: Detector, count: int) -> Answer:
    """Return what a count is answered with, before it is asked what is allowed."""
    threshold = threshold_of(detector)
    reached = [answer for times, answer in detector.answers if count >= times * threshold]
    return reached[-1] if reached else Answer.RECORD


def is_stronger(answer: Answer, than: Answer) -> bool:
    """Tell whether an answer is a stronger one."""
    order = list(Answer)
    return order.index(answer) > order.index(than)
