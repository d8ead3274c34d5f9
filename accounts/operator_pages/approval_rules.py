"""The operators' pages of the rules of what another person must approve."""

from typing import Final, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextWidget

from accounts import approvals
from accounts.approvals import registry
from accounts.models import ApprovalRule, User
from accounts.operator_pages.approved_forms import SavesByAction, say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from accounts.services import approval_rules
from core import currencies
from core.admin import ReadOnly
from core.errors import RialtoError
from core.money import Money
from core.operator_pages.forms import AmountsForm
from core.operator_pages.refusals import explain
from core.types import JsonObject

_ALONE: Final = gettext_lazy(
    "It was made on your word alone: nobody else could have agreed. Let another "
    "owner or admin in, who agrees to whatever changes the rules from now on."
)


class ApprovalRuleForm(AmountsForm[ApprovalRule]):
    """A form that offers the actions there are, and refuses what no rule could mean."""

    action = forms.ChoiceField(
        label=gettext_lazy("Action"), choices=list, widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1_000,
        widget=TextWidget,
        help_text=gettext_lazy(
            "Another owner or admin reads it, and agrees. It is kept in the audit trail."
        ),
        error_messages={"required": gettext_lazy("Say why: whoever agrees reads it.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["action"])
        field.choices = [
            (name, name) for name in registry.names() if not registry.find(name).is_always
        ]

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).lower()
        if code and code not in currencies.CODES:
            raise forms.ValidationError(gettext("Write an ISO 4217 code, such as usd, or nothing."))
        return code

    def clean(self) -> JsonObject | None:
        cleaned = super().clean() or {}
        amount = cleaned.get("above_amount")
        if amount is not None and amount < 0:
            self.add_error("above_amount", gettext("Write zero, or an amount above it."))
        elif not cleaned.get("currency") and "currency" not in self.errors:
            # Without a currency the rule is about all of them, whatever the amount.
            if amount or "above_amount" in self.errors:
                self.errors.pop("above_amount", None)
                self.add_error("currency", gettext("Say of which currency the amount is."))
        return cleaned


@admin.register(ApprovalRule)
@method_decorator(step_up(), name="changeform_view")
@method_decorator(step_up(), name="delete_view")
class ApprovalRuleAdmin(SavesByAction, ReadOnly):
    """What another person must approve: an action, always or above an amount."""

    form = ApprovalRuleForm
    approval_action = approval_rules.SAVE
    list_display = ("id", "action", "currency", "shown_amount", "in_test_mode", "created_at")
    fields = ("action", "currency", "above_amount", "in_test_mode", "reason")
    search_help_text = "apprule_…"

    @admin.display(description="above")
    def shown_amount(self, row: ApprovalRule) -> str:
        return str(Money(row.above_amount, row.currency)) if row.currency else gettext("always")

    def parameters_of(self, row: ApprovalRule) -> JsonObject:  # type: ignore[override]
        """Return what a rule is saved with."""
        is_known = ApprovalRule.objects.filter(pk=row.pk).exists()
        return {
            "rule": row.pk if is_known else "",
            "about": row.action,
            "currency": row.currency,
            "above_amount": row.above_amount,
            "in_test_mode": row.in_test_mode,
        }

    def response_add(
        self, request: HttpRequest, obj: Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say that it waits; or that nobody else agreed, since there is nobody."""
        answer = super().response_add(request, obj, post_url_continue)
        if not getattr(request, "waits_for_approval", False):
            messages.warning(request, _ALONE)
        return answer

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: JsonObject | None = None
    ) -> HttpResponse:
        """Ask for another person's word that a rule goes."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        row = ApprovalRule.objects.filter(pk=unquote(object_id)).first()
        if row is None:
            raise Http404
        problem = ""
        if request.method == "POST":
            try:
                approvals.run_or_request(
                    approval_rules.DELETE,
                    by=cast(User, request.user),
                    reason=reason_of(request),
                    at=timezone.now(),
                    rule=row.pk,
                )
            except RialtoError as error:
                problem = explain(error)
            else:
                say_it_waits(request)
                return redirect("admin:accounts_approvals")
        context = admin.site.each_context(request) | {
            "title": gettext("Delete a rule"),
            "rule": approval_rules.describe(row),
            "problem": problem,
            "reason_given": request.POST.get("reason", ""),
        }
        return TemplateResponse(request, "admin/accounts/approval_rule_goes.html", context)

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.add_approvalrule"))

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.change_approvalrule"))

    def has_delete_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.delete_approvalrule"))
