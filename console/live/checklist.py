"""The checklist: its lines in order, and what each found.

Whoever takes real money passes every necessary line. What cannot be necessary everywhere is
advice, and its words say why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext

from console.live import business, drills, installation, words
from console.live.lines import Found, Known, State
from console.live.words import Words
from processors.accounts import readiness

Check = Callable[[Known], Found]

# In the order in which people do it; a line is advice if its words say why.
CHECKS: Final[dict[str, Check]] = {
    "address": installation.check_address,
    "deployment": installation.check_deployment,
    "secrets": installation.check_secrets,
    "factors": installation.check_factors,
    "mail": installation.check_mail,
    "restore": installation.check_restore,
    "books": business.check_books,
    "processor": business.check_processor,
    "cards": business.check_cards,
    "notices": business.check_notices,
    "webhooks": business.check_webhooks,
    "bank": business.check_bank,
    "monitoring": installation.check_monitoring,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist.

    Args:
        name: A key of `CHECKS`.
        words: What it is, and how it is mended.
        found: How far it is.
    """

    name: str
    words: Words
    found: Found

    @property
    def is_needed(self) -> bool:
        """Tell whether nobody goes live without it."""
        return not self.words.why_advice

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.found.state is State.DONE

    @property
    def sentence(self) -> str:
        """Return what was found, in the language of whoever reads."""
        return gettext(words.FOUND[self.found.key]) % dict(self.found.values)


def examine(*, at: datetime) -> list[Line]:
    """Make every check."""
    known = Known(at, drills.latest(), readiness.live_accounts())
    return [Line(name, words.LINE_WORDS[name], check(known)) for name, check in CHECKS.items()]


def still_open(lines: Iterable[Line]) -> list[Line]:
    """Return the necessary lines that are not done, or of which nobody can tell."""
    return [line for line in lines if line.is_needed and not line.is_done]
