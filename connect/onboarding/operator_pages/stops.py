"""The operators' form that stops a seller."""

from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextWidget

from accounts.models import Account
from connect.models import AccountBlock
from connect.onboarding.services import blocks, reviews
from core.errors import InvalidRequest
from core.operator_pages.refusals import explain
from core.tenant import Tenant

# What can be stopped, as people read it.
KINDS: Final = {"charges": "Charges", "payouts": "Payouts"}


class StopForm(forms.Form):
    """What is asked of whoever stops a seller's charges or payouts."""

    account = forms.CharField(
        max_length=64,
        widget=TextWidget(attrs={"placeholder": "acct_…"}),
        label=gettext_lazy("Account"),
        error_messages={"required": gettext_lazy("Say whom.")},
    )
    livemode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        choices=[("false", gettext_lazy("test")), ("true", gettext_lazy("live"))],
        widget=UnfoldAdminSelectWidget,
    )
    message = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=TextWidget,
        error_messages={"required": gettext_lazy("Say why: the next operator reads it.")},
    )
    release = forms.ChoiceField(
        label=gettext_lazy("Until"),
        choices=[
            (blocks.BY_HAND, gettext_lazy("an operator releases it")),
            (blocks.WHEN_VERIFIED, gettext_lazy("nothing more is due")),
            (blocks.ON_DATE, gettext_lazy("the day below begins")),
        ],
        widget=UnfoldAdminSelectWidget,
        error_messages={"invalid_choice": gettext_lazy("Say how it ends.")},
    )
    releases_on = forms.DateField(
        label=gettext_lazy("Day (UTC), if it ends on one"),
        required=False,
        widget=TextWidget(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Say on which day, such as 2026-12-31.")},
    )

    def clean_account(self) -> str:
        """Find the account."""
        id = str(self.cleaned_data["account"])
        if not Account.objects.filter(id=id).exists():
            raise forms.ValidationError(gettext("There is no such account."))
        return id

    def clean(self) -> dict[str, Any]:
        """Ask for the day if it ends on one."""
        form = self.cleaned_data
        on_date = form.get("release") == blocks.ON_DATE
        if on_date and not form.get("releases_on") and "releases_on" not in self.errors:
            self.add_error("releases_on", gettext("Say on which day."))
        return form

    def stop(self, kind: str, *, author: str, at: datetime) -> AccountBlock | None:
        """Stop the seller; None if that was refused, for which the form has the reason then."""
        form = self.cleaned_data
        day: date | None = form["releases_on"] if form["release"] == blocks.ON_DATE else None
        try:
            return reviews.stop(
                tenant=Tenant(form["account"], form["livemode"] == "true"),
                kind=kind,
                message=form["message"],
                author=author,
                release=form["release"],
                releases_at=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None,
                at=at,
            )
        except InvalidRequest as error:
            self.add_error("releases_on" if error.param == "releases_at" else None, explain(error))
            return None
