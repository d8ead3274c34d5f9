"""Onboarding pages, one a step; each step is saved at once."""

from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from connect.hosted import steps
from connect.hosted.forms import (
    BankForm,
    BusinessForm,
    DetailsForm,
    Files,
    PaperForm,
    PersonForm,
    SellerForm,
)
from connect.hosted.services import papers
from connect.hosted.views import drafts
from connect.hosted.views.drafts import Errors
from connect.hosted.views.errors import explain
from connect.hosted.views.pages import SellerView
from connect.models import Person
from connect.onboarding.account_facts import AccountFacts
from connect.onboarding.account_queries import AccountProfile
from connect.onboarding.services import accounts, external_accounts, people, verification
from connect.pages import FORM_OF
from core.errors import InvalidRequest, Missing
from core.types import Fields, JsonObject
from ledger import queries as ledger_queries

# What a form brings along beside what was typed.
_NOT_TYPED: Final = ("csrfmiddlewaretoken", "do", FORM_OF, "person")


class SetupView(SellerView):
    """A step of onboarding, or the first that is incomplete."""

    facts: AccountFacts
    profile: AccountProfile
    people: list[Person]
    # True while no capability is requested, so that nothing is due.
    asks_nothing: bool
    # Whom the seller has chosen to change.
    _edited: Person | None

    def get(self, request: HttpRequest, step: str = "") -> HttpResponse:
        self._load()
        if step not in self.fields:
            return HttpResponseRedirect(self._path + self._first_incomplete())
        draft = drafts.get(request, self._key(step))
        form = self._form(step, draft.data if draft else None)
        if form is not None and draft:
            form.show_errors(draft.errors)
        if step == "review":
            # Said once: the page has nothing else that was typed.
            drafts.drop(request, self._key(step))
        problem = draft.errors.get(NON_FIELD_ERRORS, [""])[0] if draft and form is None else ""
        return self._render(request, step, form, problem=problem)

    def post(self, request: HttpRequest, step: str = "") -> HttpResponse:
        """Save the form, then follow the pressed button.

        What cannot be saved is kept as a draft. A page is never the answer, so that going back
        sends nothing again.
        """
        self._load()
        if step not in self.fields:
            # Another tab has changed what is asked.
            drafts.store(request, self._key(step), [n for n in request.POST if n not in _NOT_TYPED])
            return HttpResponseRedirect(self._path + self._first_incomplete())
        do = request.POST.get("do", "")
        form = self._form(step, request.POST, request.FILES)
        if form is None:
            return self._finish(request)
        is_filled = form.has_changed()
        if step == "people" and "person" in request.POST:
            if is_filled:
                self._keep(request, step, form)
            return self._remove_person(request.POST["person"])
        if do == "drop" or (do and not is_filled):
            drafts.drop(request, self._key(step))
            return self._proceed(step, do)
        return self._save_form(request, step, form, do)

    def _save_form(
        self, request: HttpRequest, step: str, form: SellerForm, do: str
    ) -> HttpResponse:
        """Save a form and proceed, or keep it as a draft with its errors."""
        if form.is_valid():
            try:
                self._save(step, form, request)
            except InvalidRequest as error:
                explain(form, error)
            else:
                drafts.drop(request, self._key(step))
                self._load()
                return self._proceed(step, do)
        if do:
            form.add_error(None, _("This is not kept yet. Complete it, or empty it."))
        self._keep(request, step, form, form.errors)
        return self._again(request, step)

    def _again(self, request: HttpRequest, step: str) -> HttpResponse:
        """Show a step with what is wrong; frames have no session that would keep it till then."""
        if self.is_framed:
            return self.get(request, step)
        return HttpResponseRedirect(request.get_full_path())

    def _proceed(self, step: str, do: str) -> HttpResponse:
        """Follow the pressed button after saving."""
        if do in ("leave", "drop"):
            return HttpResponseRedirect(self.link.return_url or f"{self.base}home")
        if do == "complete" and step == "people":
            self._update(company=dict.fromkeys(self._declarations(), True))
            return HttpResponseRedirect(self._path + self._after(step))
        return HttpResponseRedirect(self._next(step))

    def _remove_person(self, person_id: str) -> HttpResponse:
        # Whoever has been taken away meanwhile is away, which is what was wanted.
        with suppress(Missing):
            people.delete(
                tenant=self.platform, account_id=self.account.id, at=self.now, person_id=person_id
            )
        return HttpResponseRedirect(f"{self._path}people")

    def _key(self, step: str) -> str:
        """Return the key of a page's draft."""
        return f"{self.link.id}/{step}/{self._edited.id if self._edited else ''}"

    def _keep(
        self, request: HttpRequest, step: str, form: SellerForm, errors: Errors | None = None
    ) -> None:
        drafts.store(request, self._key(step), list(form.fields), errors)

    @property
    def _path(self) -> str:
        return f"{self.base}setup/"

    def _load(self) -> None:
        """Load the account, and derive the steps."""
        self.account.refresh_from_db()
        self.facts, self.profile, self.people = verification.load_facts(
            self.account, livemode=self.tenant.livemode, at=self.now
        )
        capabilities = [c.name for c in self.profile.capabilities if c.is_requested]
        self.asks_nothing = not capabilities
        self.fields = steps.steps(
            self.facts, capabilities, asks_everything=self.link.asks_everything
        )
        chosen = self.request.GET.get("edit")
        self._edited = next((p for p in self._members() if p.id == chosen), None)

    def _missing(self) -> dict[str, list[str]]:
        """Return step → its missing fields."""
        row = self.profile.account_requirements
        names = row.requirements.get("currently_due", []) if row else []
        if row and self.link.asks_everything:
            names = row.requirements.get("eventually_due", [])
        representative = self._representative()
        found: dict[str, list[str]] = {step: [] for step in self.fields}
        for name in names:
            step = steps.step_of(name, representative.id if representative else "")
            found.setdefault(step, []).append(name)
        return {step: names for step, names in found.items() if step in self.fields}

    def _representative(self) -> Person | None:
        return next((p for p in self.people if p.relationship.get("representative")), None)

    def _first_incomplete(self) -> str:
        return next((step for step, names in self._missing().items() if names), "review")

    def _next(self, step: str) -> str:
        """Return the path after a step; people and documents may need it again."""
        if step == "people" or (step == "document" and self._missing()[step]):
            return self._path + step
        if self.is_at_home and not any(self._missing().values()):
            return f"{self.base}home"
        return self._path + self._after(step)

    def _after(self, step: str) -> str:
        order = list(self.fields)
        return order[order.index(step) + 1] if step in order[:-1] else "review"

    def _form(
        self, step: str, data: Fields | None = None, files: Files | None = None
    ) -> SellerForm | None:
        if step == "business":
            return BusinessForm(data, initial={"business_type": self.account.business_type})
        if step == "bank":
            return self._bank_form(data)
        if step == "document":
            return PaperForm(data, files)
        if step == "review":
            return None
        if step in ("people", "representative"):
            return self._person_form(step, data)
        initial, given = self._initial_values(step)
        return DetailsForm(self.fields[step], initial, given, data, **self._place())

    def _bank_form(self, data: Fields | None) -> BankForm:
        """Return the form of a bank account in one of the seller's currencies."""
        found = ledger_queries.balance(owner=self.account.id, livemode=self.tenant.livemode)
        codes = sorted({self.account.default_currency, *found.available, *found.pending})
        wanted = self.request.GET.get("currency", "")
        return BankForm(
            self.account.country,
            currencies=codes,
            data=data,
            currency=wanted if wanted in codes else self.account.default_currency,
        )

    def _person_form(self, step: str, data: Fields | None) -> PersonForm:
        is_representative = step == "representative"
        person = self._representative() if is_representative else self._edited
        declared = self._declarations()
        return PersonForm(
            self.fields[step] - declared,
            person.details if person else {},
            person.numbers_given if person else [],
            data,
            is_representative=is_representative,
            lists={name.removesuffix(steps.PROVIDED) for name in declared},
            relationship=person.relationship if person else {},
            **self._place(),
        )

    def _place(self) -> JsonObject:
        """Return the country and mode whose rules apply."""
        return {"country": self.account.country, "livemode": self.tenant.livemode}

    def _declarations(self) -> set[str]:
        """Return the declarations that are required, such as `owners_provided`."""
        asked = self.fields.get("people", ())
        return {name for name in asked if name.endswith(steps.PROVIDED)}

    def _members(self) -> list[Person]:
        representative = self._representative()
        return [p for p in self.people if not p.is_individual and p != representative]

    def _paper_of(self) -> Person | None:
        """Return the person whose document is required, one after the other.

        Of a form that was sent, it is whoever its page named.
        """
        if asked := next((p for p in self.people if p.id == self.subject), None):
            return asked
        named = {name.partition(".")[0] for name in self._missing()["document"]}
        first = self.profile.individual if self.account.business_type == "individual" else None
        people = [p for p in self.people if p.id in named]
        return next(iter(people), first or self._representative())

    def _initial_values(self, step: str) -> tuple[JsonObject, list[str]]:
        """Return a step's stored answers, and which numbers were given."""
        if step == "profile":
            settings = self.account.settings.get("payments") or {}
            return {**self.account.business_profile, **settings}, []
        if step == "company":
            row = self.profile.account_requirements
            return self.account.company or {}, row.numbers_given if row else []
        person = self.profile.individual
        return (person.details, person.numbers_given) if person else ({}, [])

    def _save(self, step: str, form: SellerForm, request: HttpRequest) -> None:
        if step == "business":
            self._update(business_type=form.cleaned_data["business_type"])
        elif step == "you":
            self._update(individual=form.payload())
        elif step == "company":
            self._update(company=form.payload())
        elif step == "representative":
            payload = form.payload()
            payload["relationship"]["representative"] = True
            self._put_person(self._representative(), payload)
        elif step == "people":
            self._put_person(self._edited, form.payload())
        elif step == "profile":
            payload = form.payload()
            statement = payload.pop("statement_descriptor", None)
            payments = {"payments": {"statement_descriptor": statement}} if statement else None
            more = {"settings": payments} if payments else {}
            self._update(business_profile=payload, **more)
        elif step == "document":
            self._put_documents(form.cleaned_data)
        else:
            external_accounts.replace_default(
                tenant=self.tenant, account=self.account, params=form.payload(), at=self.now
            )

    def _update(self, **changes: Any) -> None:
        accounts.update(tenant=self.platform, account_id=self.account.id, at=self.now, **changes)

    def _put_person(self, person: Person | None, params: JsonObject) -> None:
        here: JsonObject = {
            "tenant": self.platform,
            "account_id": self.account.id,
            "at": self.now,
        }
        if person:
            people.update(person_id=person.id, params=params, **here)
        else:
            people.create(params=params, **here)

    def _put_documents(self, documents: JsonObject) -> None:
        kept = {
            side: papers.store(paper, side, tenant=self.tenant, at=self.now)
            for side, paper in documents.items()
            if paper
        }
        params = {"verification": {"document": kept}}
        if self.account.business_type == "individual":
            self._update(individual=params)
        elif person := self._paper_of():
            self._put_person(person, params)

    def _finish(self, request: HttpRequest) -> HttpResponse:
        """Record the acceptance of the terms, and return to the platform."""
        if request.POST.get("do") == "finish" and not self.account.tos_acceptance.get("date"):
            if request.POST.get("agree") != "on":
                errors: dict[str, list[str]] = {NON_FIELD_ERRORS: [_("Agree to go on.")]}
                drafts.store(request, self._key("review"), [], errors)
                return self._again(request, "review")
            self._update(
                tos_acceptance={
                    "date": int(self.now.timestamp()),
                    "ip": request.META.get("REMOTE_ADDR", ""),
                    "user_agent": request.headers.get("User-Agent", "")[:500],
                }
            )
        return HttpResponseRedirect(self.link.return_url or f"{self.base}home")

    def _render(
        self, request: HttpRequest, step: str, form: SellerForm | None, *, problem: str = ""
    ) -> HttpResponse:
        missing = self._missing()
        order = list(self.fields)
        target = self.link.return_url
        paper_of = self._paper_of() if step == "document" else None
        context = {
            "step": step,
            "title": steps.TITLES[step],
            "steps": [(one, steps.TITLES[one], not missing[one]) for one in order],
            "number": order.index(step) + 1,
            # The kind of business decides what else is asked.
            "knows_all": bool(self.facts.business_type),
            "summary": self._summary() if step == "review" else [],
            "form": form,
            "problem": problem,
            "errors": self._errors(step),
            "missing": [
                (one, steps.TITLES[one]) for one in order if missing[one] and one != "review"
            ],
            "members": [
                (p, any(name.startswith(f"{p.id}.") for name in missing.get("people", [])))
                for p in self._members()
            ],
            "edited": self._edited,
            "paper_of": paper_of,
            "banks": self.profile.external_accounts,
            "is_at_home": self.is_at_home,
            "host": urlsplit(target).netloc if target else "",
            "asks_nothing": self.asks_nothing,
            "has_agreed": bool(self.account.tos_acceptance.get("date")),
        }
        return self.page(
            request, "setup", context, target=target, subject=paper_of.id if paper_of else ""
        )

    def _summary(self) -> list[tuple[str, object, list[tuple[object, str]]]]:
        """Return the stored answers, step by step, for review."""
        names, banks = self._members(), self.profile.external_accounts
        found = []
        for step in self.fields:
            form = self._form(step) if step not in ("people", "bank", "document") else None
            lines = form.answers() if form else []
            if step == "people":
                lines = [(steps.TITLES[step], str(one)) for one in names]
            elif step == "bank":
                lines = [(one.currency.upper(), str(one)) for one in banks]
            if lines:
                found.append((step, steps.TITLES[step], lines))
        return found

    def _errors(self, step: str) -> list[str]:
        """Return the verification errors of a step, with the person of each."""
        row, representative = self.profile.account_requirements, self._representative()
        names = {person.id: str(person) for person in self._members()}
        found = []
        for one in row.requirements.get("errors", []) if row else []:
            name = one["requirement"]
            if steps.step_of(name, representative.id if representative else "") == step:
                message = str(steps.WORDS.get(one["code"], one["reason"]))
                who = names.get(name.partition(".")[0])
                found.append(f"{who}: {message}" if who else message)
        return found
