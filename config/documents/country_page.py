"""The reference page of countries, made from their tables."""

from collections.abc import Callable, Iterable
from typing import Final

Table = Callable[[tuple[str, ...], Iterable[tuple[str, ...]]], Iterable[str]]

_BEGINNING: Final = """
Where accounts can be opened, what they settle in, and how their banks write an account's number. An account settles in the first currency; bank accounts there are
commonly paid in the others, too. Euros go to any country of the list that has them. A country that is not here has no accounts. Bank accounts of other countries are
taken if the country exists, with an IBAN where it has them, or else with any number of 4 to 34 letters or digits.

In test mode every number of the column "For tests" is paid; [test accounts](test-accounts.md) has those that fail. "Cards" says whether accounts ask to take cards, besides transfers, unless their platform says so.

"Rests" says when banks rest, by which payouts and what is pending are counted: on Saturday, Sunday, and the days of TARGET, of the Federal Reserve or of the country (its
public holidays as the `holidays` package has them; Rialto adds days of banks for Switzerland, Denmark and Brazil). What Australia, Canada, Sweden and Switzerland keep is our
choice, not compared with the lists of their payment systems.

A country is one line of a file in `connect/onboarding/countries/data`, which is checked when Rialto starts.
""".strip().splitlines()  # noqa: E501


def body(table: Table) -> Iterable[str]:
    """Yield the lines of the page.

    Args:
        table: Writes one, from its head and rows.
    """
    from babel import Locale

    from connect.onboarding.countries import number_formats
    from connect.onboarding.countries.catalog import BASES, BY_IBAN, TABLE
    from ledger.posting.calendars import describe

    names = Locale("en").territories
    yield from _BEGINNING
    regions = sorted({row.region for row in TABLE.values()})
    for region in regions:
        yield from ("", f"## {region.replace('_', ' ').title()}", "")
        rows = (
            (
                f"{names[row.code]} (`{row.code}`)",
                " ".join(f"`{one}`" for one in row.currencies),
                f"{row.routing_is}: {number_formats.describe(row.routing)}" if row.routing else "",
                "IBAN" if row.account == BY_IBAN else number_formats.describe(row.account),
                row.basis,
                " / ".join(filter(None, (row.test_routing, row.test_account))),
                row.form,
                " ".join(
                    (*(f"`{one}`" for one in row.tells), *(f"no `{one}`" for one in row.omits))
                ),
                "yes" if "card_payments" in row.able else "",
                describe(row.code),
            )
            for row in TABLE.values()
            if row.region == region
        )
        yield from table(
            (
                "Country",
                "Currencies",
                "Bank",
                "Account",
                "Rests on",
                "For tests",
                "Form",
                "Besides",
                "Cards",
                "Rests",
            ),
            rows,
        )
    yield from ("", "## What the forms of numbers rest on", "")
    yield from table(("Word", "Meaning"), BASES.items())
    yield from _forms(table)


def _forms(table: Table) -> Iterable[str]:
    from connect.onboarding.countries.rules import FORMS

    yield from ("", "## Forms", "")
    yield (
        "Which form is asked where is Rialto's own choice: nobody has compared the lists with each "
        "country's law. Whatever the form, `/v1/country_specs/:country` has the whole list."
    )
    yield ""
    rows = (
        (
            f"`{name}`",
            *(
                ", ".join(f"`{one}`" for one in fields)
                for fields in (form.person, form.person_later, form.member, form.company)
            ),
            ", ".join(form.roles),
        )
        for name, form in FORMS.items()
    )
    yield from table(
        (
            "Form",
            "The one who trades or represents",
            "The same, later",
            "Owners, directors …",
            "The company",
            "Lists of people",
        ),
        rows,
    )
