"""How an account at a processor does, in a word and a sentence."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import dateformat
from django.utils.translation import gettext

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
        refused = gettext(
            "Since %(since)s the processor refuses the credentials of this account. Payments that "
            "need it wait, and it is asked again with growing distance."
        ) % {"since": _moment(row.refused_since)}
        after = ""
        if row.quiet_until:
            after = gettext("The next time is after %(at)s.") % {"at": _moment(row.quiet_until)}
        mend = gettext("Give it credentials that are valid, and check it.")
        sentences = (one for one in (refused, after, mend) if one)
        return Health(gettext("refuses our credentials"), "bad", " ".join(sentences))
    if row.failing_since is not None:
        return Health(
            gettext("failing"),
            "bad",
            gettext("It has not answered as it should since %(since)s. %(failure)s").strip()
            % {"since": _moment(row.failing_since), "failure": row.last_failure},
        )
    if row.last_answer_at is not None:
        last = gettext("It answered last on %(at)s.") % {"at": _moment(row.last_answer_at)}
        return Health(gettext("answers"), "good", last)
    return Health(gettext("not asked yet"), "neutral", gettext("Nothing was asked of it so far."))


def _moment(at: datetime) -> str:
    return f"{dateformat.format(at, 'j M Y, H:i')} UTC"
