"""Countries to choose from, by their names in the reader's language."""

import pycountry
from babel import Locale
from django.utils.translation import get_language


def choices() -> list[tuple[str, str]]:
    """Return each country's two letters with its name, sorted by name."""
    names = Locale.parse((get_language() or "en").partition("-")[0]).territories
    found = [(one.alpha_2, names.get(one.alpha_2, one.name)) for one in pycountry.countries]
    return sorted(found, key=lambda pair: pair[1])


def choices_or_none() -> list[tuple[str, str]]:
    """Return the same, after the choice of none."""
    return [("", "—"), *choices()]
