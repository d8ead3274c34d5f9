"""Forms of the admin that save by an action, which a rule may send to another person first."""

from collections.abc import Callable
from typing import Any, Final, cast

from django.contrib import messages
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from accounts import approvals
from accounts.models import User
from core.errors import RialtoError
from core.operator_pages.audited import Audited, Changes
from core.operator_pages.refusals import explain
from core.types import JsonObject

WAITS_FOR_APPROVAL: Final = "Somebody else must approve it: it waits on Approvals."


def say_it_waits(request: HttpRequest) -> None:
    """Tell a person that somebody else decides now."""
    messages.warning(request, gettext(WAITS_FOR_APPROVAL))


class _Refused(BaseForm):
    """A form that was right, and whose action refused it."""

    refusal = ""

    def clean(self) -> JsonObject | None:
        cleaned = super().clean()
        self.add_error(None, self.refusal)
        return cleaned


class SavesByAction(Audited):
    """Saves what its form says by an action of the registry, which records it itself.

    Put it before the base class of the page, and name the action.
    """

    approval_action: str

    def parameters_of(self, row: Model) -> JsonObject:
        """Return what the action is called with."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Model, form: BaseForm, change: object) -> None:
        """Carry the action out, or ask for another person's approval."""
        outcome = approvals.run_or_request(
            self.approval_action,
            by=cast(User, request.user),
            reason=request.POST.get("reason", "") or request.POST.get("note", ""),
            at=timezone.now(),
            **self.parameters_of(obj),
        )
        if isinstance(outcome.result, Model):
            obj.pk = outcome.result.pk
        request.waits_for_approval = outcome.request is not None  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Model, message: Changes) -> None:
        """Leave it to the action."""

    def log_change(self, request: HttpRequest, obj: Model, message: Changes) -> None:
        """Leave it to the action."""

    def response_add(
        self, request: HttpRequest, obj: Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say that it was saved, or that it waits."""
        return self._waits(request) or super().response_add(  # type: ignore[misc]
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """Say that it was saved, or that it waits."""
        return self._waits(request) or super().response_change(request, obj)  # type: ignore[misc]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: JsonObject | None = None,
    ) -> HttpResponse:
        """Show the form; again, as it was typed, with the reason why it was not saved."""
        show: Callable[..., HttpResponse] = super().changeform_view  # type: ignore[misc]
        try:
            return show(request, object_id, form_url, extra_context)
        except RialtoError as error:
            request.refusal = explain(error)  # type: ignore[attr-defined]
            return show(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[BaseForm]:
        """Return the form, which refuses what the action has refused."""
        form: Any = super().get_form(request, *args, **kwargs)  # type: ignore[misc]
        refusal = getattr(request, "refusal", "")
        if refusal:
            form = type(form)(form.__name__, (_Refused, form), {"refusal": refusal})
        return cast("type[BaseForm]", form)

    def _waits(self, request: HttpRequest) -> HttpResponse | None:
        if not getattr(request, "waits_for_approval", False):
            return None
        say_it_waits(request)
        return redirect("admin:accounts_approvals")
