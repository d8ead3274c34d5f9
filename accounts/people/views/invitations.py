"""Pages of invitations: who is invited, and the page that a link leads to."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import User
from accounts.people import invitations, pages
from accounts.people.step_up import step_up
from accounts.people.views.log_in import log_in
from core.errors import Missing, RialtoError
from core.security.role_words import Role
from core.security.roles import has_right, standing_of
from core.types import JsonObject


def may_invite(user: object) -> bool:
    """Tell whether somebody invites operators: owners do, of the whole of Rialto."""
    standing = standing_of(user)
    return has_right(user, "people.invite") and standing is not None and not standing.platform_id


class InvitationForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    # The least, until another is chosen.
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.AUDITOR)


class PasswordForm(forms.Form):
    """Who takes up an invitation."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200)
    password = forms.CharField(label=gettext_lazy("A password"), max_length=1024, strip=False)
    again = forms.CharField(label=gettext_lazy("The same again"), max_length=1024, strip=False)

    def __init__(self, *args: object, email: str, **kw: object) -> None:
        super().__init__(*args, **kw)  # type: ignore[arg-type]
        self.email = email

    def clean(self) -> JsonObject:
        """Check the password.

        Raises:
            ValidationError: If it is weak, or was typed in twice in two ways.
        """
        cleaned: JsonObject = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["password"] != cleaned["again"]:
            raise forms.ValidationError(gettext("The two passwords are not the same."))
        validate_password(cleaned["password"], User(email=self.email))
        return cleaned


class InvitationsView(View):
    """Invite people, and see who was invited."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, InvitationForm())

    @method_decorator(step_up())
    def post(self, request: HttpRequest) -> HttpResponse:
        by = request.user
        assert isinstance(by, User)
        _check_right(request)
        if "withdraw" in request.POST:
            return _withdraw(request, by)
        form = InvitationForm(request.POST)
        if not form.is_valid():
            return self._render(request, form)
        try:
            invited = invitations.invite(
                email=form.cleaned_data["email"], role=Role(form.cleaned_data["role"]), by=by
            )
        except RialtoError as error:
            form.add_error("email", str(error))
            return self._render(request, form)
        return self._render(request, InvitationForm(), invited)

    def _render(
        self,
        request: HttpRequest,
        form: InvitationForm,
        invited: invitations.Invited | None = None,
    ) -> HttpResponse:
        _check_right(request)
        context = admin.site.each_context(request) | {
            "title": gettext("Invite operators"),
            "form": form,
            "roles": [(value, gettext(str(word))) for value, word in Role.choices],
            "role": form["role"].value(),
            "invited": invited,
            "waiting": invitations.waiting(),
        }
        answer = TemplateResponse(request, "admin/people/invitations.html", context)
        if invited:
            answer["Cache-Control"] = "no-store"
        return answer


@method_decorator([never_cache, sensitive_post_parameters("password", "again")], name="dispatch")
class TakeUpView(View):
    """Choose a password; a second factor comes next."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = invitations.find(token)
        form = PasswordForm(email=found.email) if found else None
        return self._render(request, form)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = invitations.find(token)
        if found is None:
            return self._render(request, None)
        form = PasswordForm(request.POST, email=found.email)
        if not form.is_valid():
            return self._render(request, form)
        try:
            user = invitations.accept(
                token=token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
            )
        except Missing:
            return self._render(request, None)
        return log_in(request, user, reverse("admin:index"))

    def _render(self, request: HttpRequest, form: PasswordForm | None) -> HttpResponse:
        title = gettext("Welcome") if form else gettext("This invitation is over")
        status = 404 if form is None else 400 if form.is_bound else 200
        return pages.page(request, "take_up", {"form": form}, title=title, status=status)


def _withdraw(request: HttpRequest, by: User) -> HttpResponse:
    try:
        invitations.withdraw(invitation_id=request.POST["withdraw"][:64], by=by)
        messages.success(request, gettext("The invitation is withdrawn."))
    except Missing as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("people_invitations"))


def _check_right(request: HttpRequest) -> None:
    if not may_invite(request.user):
        raise PermissionDenied
