import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Annotated, Any

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.home import Home, write_private
from config.launcher.progress import complain, console, say
from core.types import JsonObject

WEBHOOK_SECONDS = 60


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    days: Annotated[
        int, typer.Option(min=0, max=365, help="How many days of payouts to play.")
    ] = 30,
    rails: Annotated[
        int, typer.Option(min=1, max=2, help="Over how many processor accounts to sell.")
    ] = 1,
) -> None:
    """Play a marketplace with the official SDK. Exit code 9 if any figure differs."""
    home = running.enter("demo")
    # What the platform has before and after is compared: two demos would count each other's.
    with running.exclusive(home, "demo"):
        report = _play(home, days, rails, tell=_silent if as_json else say)
    if as_json:
        print(json.dumps(report))
    else:
        _show(report)
    if not report["ok"]:
        raise typer.Exit(problems.BOOKS_WRONG)


def _play(home: Home, days: int, rails: int, *, tell: Callable[[str], None]) -> JsonObject:
    import stripe
    from django.utils import timezone

    from config.demo import rails as demo_rails
    from config.demo import shop
    from config.demo.month import Month
    from config.demo.story import Story, Surprise
    from payments.charges.services.routed import past_choices

    known = running.credentials(home)
    client = stripe.StripeClient(
        known["platform"]["secret_key"],
        base_addresses={"api": known["api_base"]},
        # A whole month in a minute is more than an account may ask for: it waits as it is told.
        max_network_retries=10,
    )
    platform = known["platform"]["account"]
    before, begun = totals(client, None), timezone.now()
    story = Story(client, platform, tell=tell)
    try:
        with demo_rails.two(tell) if rails == 2 else nullcontext():
            story.play()
            month = Month(story, days)
            if days:
                month.play()
        received = story.listener.wait_for(dict(story.expected_events), seconds=WEBHOOK_SECONDS)
    except Surprise as surprise:
        complain(f"The demo found something wrong: {surprise}.")
        raise typer.Exit(problems.BOOKS_WRONG) from surprise
    finally:
        story.close()
    shop_url = shop.open_shop(client)
    # Whoever starts Rialto again reads it there.
    write_private(home.credentials, known | {"shop_url": shop_url})
    return _report(story, client, before, received=received) | {
        "shop_url": shop_url,
        "days": days,
        "payouts": month.payout_counts,
        "rails": past_choices.count_by_account(platform, since=begun),
    }


def _report(story: Any, client: Any, before: dict[str, int], *, received: bool) -> JsonObject:
    from ledger.audit.verify import verify

    rows = []
    for owner, name in {story.platform: "The platform", **story.sellers}.items():
        found = totals(client, None if owner == story.platform else owner)
        for currency in ("eur", "jpy", "usd"):
            was = before.get(currency, 0) if owner == story.platform else 0
            expected = story.expected.balances[owner, currency]
            change = found.get(currency, 0) - was
            rows.append(
                {"who": name, "currency": currency, "expected": expected, "balance": change}
            )
    findings = [finding.as_dict() for finding in verify()]
    figures_agree = all(row["expected"] == row["balance"] for row in rows)
    return {
        "ok": figures_agree and received and not findings and not story.listener.refused,
        "orders": len(story.orders),
        "declined": story.declined,
        "balances": rows,
        "webhooks": dict(sorted(story.listener.counts().items())),
        "webhooks_missing": {
            type: count - story.listener.counts()[type]
            for type, count in story.expected_events.items()
            if story.listener.counts()[type] < count
        },
        "webhooks_with_a_wrong_signature": story.listener.refused,
        "ledger_findings": findings,
    }


def totals(client: Any, seller: str | None) -> dict[str, int]:
    """Return what there is: money matures, and is set aside for sellers who owe, at any time."""
    options = {"stripe_account": seller} if seller else {}
    balance = client.v1.balance.retrieve(options=options)
    totals: dict[str, int] = {}
    for amount in (*balance.available, *balance.pending, *(balance.connect_reserved or ())):
        totals[amount.currency] = totals.get(amount.currency, 0) + amount.amount
    return totals


def _show(report: JsonObject) -> None:
    table = Table("Who", "Currency", "Computed", "Balance", "", title="What everybody has")
    for row in report["balances"]:
        agrees = row["expected"] == row["balance"]
        table.add_row(
            row["who"],
            row["currency"],
            str(row["expected"]),
            str(row["balance"]),
            "[green]✓[/]" if agrees else "[red]differs[/]",
        )
    console.print(table)
    received = Table("Event", "Received and verified", title="Webhooks")
    for type, count in report["webhooks"].items():
        received.add_row(type, str(count))
    console.print(received)
    if len(report["rails"]) > 1:
        for name, count in report["rails"].items():
            say(f"{count} payments of the platform went to {name}.")
    for type, count in report["webhooks_missing"].items():
        complain(f"{count} of {type} did not arrive within {WEBHOOK_SECONDS} s.")
    for finding in report["ledger_findings"]:
        complain(f"{finding['check']} {finding['id']}: {finding['detail']}")
    say(f"Pay in the demo's shop by hand: {report['shop_url']}")
    if report["ok"]:
        paid = report["payouts"]["paid"]
        say(f"{report['days']} days, {paid} payouts; every figure agrees and the books balance.")
    else:
        complain("The demo found something wrong; see above.")


def _silent(_: str) -> None:
    """Say nothing: the answer is JSON."""
