"""The operators' page on which a platform is opened."""

from typing import cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextWidget

from accounts.models import User
from accounts.people.step_up import step_up
from connect.onboarding.services import platforms
from core.errors import InvalidRequest
from core.operator_pages import countries
from core.operator_pages.refusals import explain
from core.types import JsonObject


class PlatformForm(forms.Form):
    """What is asked of a new platform."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, widget=TextWidget)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=UnfoldAdminEmailInputWidget
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=countries.choices,
        initial="US",
        widget=UnfoldAdminSelectWidget,
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        required=False,
        widget=TextWidget,
        help_text=gettext_lazy(
            "What it settles in, such as usd; that of its country if it is left empty."
        ),
    )


@never_cache
@step_up(only_posts=True)
def open_platform(request: HttpRequest) -> HttpResponse:
    """Open a platform, and show its keys on the answer, this once."""
    if not request.user.has_perm("accounts.add_account"):
        raise PermissionDenied
    form = PlatformForm(request.POST or None)
    context: JsonObject = {"title": gettext("Open a platform"), "form": form}
    if form.is_valid():
        try:
            context["opened"] = platforms.create(
                by=cast(User, request.user), at=timezone.now(), **form.cleaned_data
            )
        except InvalidRequest as error:
            form.add_error(error.param, explain(error))
    return TemplateResponse(
        request, "admin/connect/open_platform.html", admin.site.each_context(request) | context
    )
