"""The page of one rule of the draft."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from console.routing import shown
from console.routing.forms import RuleForm, typed
from core.errors import RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from processors.router import publishing
from processors.routing import parsing
from processors.routing.drafts import editing


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """Show the form of a rule, new or of the draft, and keep it."""
    if not has_right(request.user, "routing.publish"):
        raise PermissionDenied
    accounts = shown.all_accounts()
    draft = publishing.read(publishing.draft().document)
    name = request.POST.get("instead_of", request.GET.get("rule", ""))
    found = editing.find(draft, name)
    if request.method == "POST":
        form = RuleForm(request.POST, accounts=accounts)
        if form.is_valid():
            changed = editing.put(draft, form.rule(), instead_of=name)
            try:
                # Two rules of one name are found here.
                changed = publishing.read(parsing.render(changed))
                publishing.save_draft(changed, at=timezone.now())
            except RialtoError as error:
                form.add_error("name", explain(error))
            else:
                messages.success(
                    request, gettext("The draft has it. It counts once it is published.")
                )
                return redirect("admin:console_routing")
    else:
        form = RuleForm(initial=typed(found, accounts) if found else None, accounts=accounts)
    context = admin.site.each_context(request) | {
        "title": gettext("Rule %(name)s") % {"name": found.name}
        if found
        else gettext("A new rule"),
        "form": form,
        "instead_of": found.name if found else "",
    }
    return TemplateResponse(request, "admin/console/routing_rule.html", context)
