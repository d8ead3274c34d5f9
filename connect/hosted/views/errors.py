"""Errors of services, at the fields of a seller's form."""

from django.forms import BaseForm
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import InvalidRequest


def explain(form: BaseForm, error: InvalidRequest) -> None:
    """Add an error to its field, in the seller's language where there is a translation."""
    message = {
        "routing_number_invalid": _("This is not the number of a bank and branch."),
        "account_number_invalid": _("This is not the number of an account."),
        "invalid_file_type": _("Upload a JPG, PNG or PDF file."),
    }.get(error.code or "", "")
    param = (error.param or "").replace("]", "")
    names = [name for name in form.fields if param.endswith(name.replace(".", "["))]
    if param.endswith("[dob") or param == "dob":
        message = _("Check the date of birth.")
    # The wire's own sentences are there in English only.
    speaks_english = (get_language() or "en").startswith("en")
    message = message or (str(error) if speaks_english else _("This cannot be right. Check it."))
    form.add_error(max(names, key=len, default=None), message)
