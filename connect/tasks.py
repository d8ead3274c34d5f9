from typing import Any

from celery import shared_task
from django.utils import timezone

from connect.onboarding.services import stranded, verification
from connect.payouts.services import bank_files, holds, negative_balances, runs, sending


@shared_task(name="connect.send_payouts")
def send_payouts(**_: Any) -> None:
    """Send the payouts whose time has come, and ask what became of the others."""
    now = timezone.now()
    sending.send_due(at=now)
    sending.poll_due(at=now)


@shared_task(name="connect.pay_out")
def pay_out(**_: Any) -> None:
    """Pay the accounts whose day has come."""
    runs.run_due(at=timezone.now())


@shared_task(name="connect.follow_holds")
def follow_holds(**_: Any) -> None:
    """Write to the owners whose payouts go elsewhere now, and end the holds that are over."""
    now = timezone.now()
    holds.tell_owners(at=now)
    holds.end_due(at=now)


@shared_task(name="connect.follow_debts")
def follow_debts(**_: Any) -> None:
    """Set aside what sellers owe, and pay what is long due."""
    negative_balances.reserve_and_cover(at=timezone.now())


@shared_task(name="connect.judge_accounts")
def judge_accounts(**_: Any) -> None:
    """Take the answers of identity checks, and what deadlines and dates have changed."""
    verification.judge_due(at=timezone.now())


@shared_task(name="connect.follow_currencies")
def follow_currencies(**_: Any) -> None:
    """Ask sellers for a bank account that takes what they were given just now."""
    stranded.report_stranded(at=timezone.now())


@shared_task(name="connect.sweep_currencies")
def sweep_currencies(**_: Any) -> None:
    """Ask sellers for a bank account that takes what they were given within a day."""
    stranded.sweep(at=timezone.now())


@shared_task(name="connect.make_bank_files")
def make_bank_files(**_: Any) -> None:
    """Make the day's files of payouts for the bank."""
    bank_files.make_files(at=timezone.now())
