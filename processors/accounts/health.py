"""How an account at a processor does, in a word and a sentence."""

from dataclasses import dataclass
from datetime import datetime

from processors.models import ProcessorAccount


@dataclass(frozen=True, slots=True)
class Health:
    """How an account does.

    Args:
        word: For a list.
        look: How it is shown: `"good"`, `"bad"`, `"waiting"` or `"neutral"`.
        sentence: For its page.
    """

    word: str
    look: str
    sentence: str


def describe(row: ProcessorAccount) -> Health:
    """Say how an account does, the most important first."""
    if row.refused_since is not None:
        return Health(
            "refuses our credentials",
            "bad",
            f"Since {_moment(row.refused_since)} the processor refuses the credentials of this "
            "account. Payments that need it wait, and it is asked again with growing distance"
            + (f", next after {_moment(row.quiet_until)}" if row.quiet_until else "")
            + ". Give it credentials that are valid, and check it.",
        )
    if row.failing_since is not None:
        return Health(
            "failing",
            "bad",
            f"It has not answered as it should since {_moment(row.failing_since)}. "
            f"{row.last_failure}".strip(),
        )
    if row.last_answer_at is not None:
        return Health("answers", "good", f"It answered last on {_moment(row.last_answer_at)}.")
    return Health("not asked yet", "neutral", "Nothing was asked of it so far.")


def _moment(at: datetime) -> str:
    return f"{at:%-d %b %Y, %H:%M} UTC"
