"""The operators' page of an account's settings, and the list of platforms that lead to theirs."""

from typing import Final

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.operator_pages.reasons import reason_of
from accounts.services import letters
from connect.onboarding.operator_pages.settings_form import SECTIONS, SettingsForm
from connect.onboarding.services import account_settings as services
from core.admin import page_of
from core.errors import RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right, standing_of
from core.security.visibility import find_visible, livemode_of, of_platform

_MOST_PLATFORMS: Final = 50


@require_safe
def platforms(request: HttpRequest) -> HttpResponse:
    """Lead to the settings of a platform: members to those of their own."""
    if not has_right(request.user, "settings.change"):
        raise PermissionDenied
    standing = standing_of(request.user)
    if standing and standing.platform_id:
        return redirect(_page_of(standing.platform_id))
    rows = of_platform(request, Account.objects.filter(opened_by=None, closed_at=None))
    found = list(rows.order_by("-id")[: _MOST_PLATFORMS + 1])
    context = admin.site.each_context(request) | {
        "title": gettext("Settings"),
        "rows": [(row, _page_of(row.id)) for row in found[:_MOST_PLATFORMS]],
        "has_more": len(found) > _MOST_PLATFORMS,
    }
    return TemplateResponse(request, "admin/connect/platforms_settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def account_settings(request: HttpRequest, id: str) -> HttpResponse:
    """Show what an account says of itself to payers, and change it."""
    if not has_right(request.user, "settings.change"):
        raise PermissionDenied
    if "\0" in id:
        raise Http404
    account = find_visible(request, Account.objects.all(), unquote(id))
    livemode, problem = livemode_of(request), ""
    data = request.POST if request.method == "POST" else None
    form = SettingsForm(data, account=account, livemode=livemode)
    if data is not None and form.is_valid():
        try:
            reason_of(request)
            if changes := form.changes():
                services.update(account=account, livemode=livemode, at=timezone.now(), **changes)
        except RialtoError as error:
            problem = explain(error)
        else:
            done = gettext("The settings are kept.") if changes else gettext("Nothing was changed.")
            messages.success(request, done)
            return redirect(_page_of(account.id))
    context = admin.site.each_context(request) | {
        "title": gettext("Settings of %(account)s") % {"account": account},
        "account": account,
        "page": page_of("accounts_account", account.id),
        "problem": problem,
        "sections": [
            (gettext(title), [form[name] for name in names], names[-1])
            for title, names in SECTIONS.items()
        ],
        "told": letters.addresses_of(account),
        "prices": f"{reverse('admin:payments_feeschedule_changelist')}?account={account.id}",
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/connect/account_settings.html", context)


def _page_of(account_id: str) -> str:
    return reverse("admin:connect_account_settings", args=[quote(account_id)])
