"""The page on which operators change their password."""

from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from accounts.audit import trail
from accounts.models import User
from accounts.people import pages, sessions
from accounts.people.step_up import step_up
from core.database.transactions import atomic


@method_decorator([sensitive_post_parameters(), step_up()], name="dispatch")
class PasswordView(PasswordChangeView):
    """Change one's own password; all other sessions end."""

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = self.request.user
        assert isinstance(user, User)
        with atomic():
            super().form_valid(form)
            trail.record("password.changed", user)
        sessions.end_all(user, but=self.request.session.session_key)
        return HttpResponseRedirect(reverse("people_security"))

    def get_success_url(self) -> str:
        return reverse("people_security")

    def render_to_response(self, context: object, **kwargs: object) -> HttpResponse:
        form = self.get_form()
        problems = [text for texts in form.errors.values() for text in texts]
        request: HttpRequest = self.request
        return pages.page(
            request,
            "password",
            {"problems": problems},
            title=gettext("Change your password"),
            status=400 if problems else 200,
        )
