from celery import shared_task
from django.utils import timezone

from connect.onboarding.services import stranded, verification
from connect.payouts.services import destination_holds, negative_balances, runs
from connect.payouts.services.attempts import bank_files, sending
from processors import balances


@shared_task(name="connect.send_payouts")
def send_payouts(**_: object) -> None:
    """Send the payouts that are due, and poll the rails about the others."""
    now = timezone.now()
    sending.send_due(at=now)
    sending.poll_due(at=now)


@shared_task(name="connect.pay_out")
def pay_out(**_: object) -> None:
    """Make the payouts of the accounts whose day it is."""
    runs.run_due(at=timezone.now())


@shared_task(name="connect.process_holds")
def process_holds(**_: object) -> None:
    """Notify the owners of held payouts, and end the holds that have expired."""
    now = timezone.now()
    destination_holds.notify_owners(at=now)
    destination_holds.end_due(at=now)


@shared_task(name="connect.ask_balances")
def ask_balances(**_: object) -> None:
    """Ask the processors what they hold for us."""
    balances.ask_all(at=timezone.now())


@shared_task(name="connect.cover_debts")
def cover_debts(**_: object) -> None:
    """Adjust the reserves for negative balances, and cover those that are overdue."""
    negative_balances.reserve_and_cover(at=timezone.now())


@shared_task(name="connect.evaluate_accounts")
def evaluate_accounts(**_: object) -> None:
    """Evaluate the accounts whose checks were answered or whose deadlines have passed."""
    verification.reevaluate_due(at=timezone.now())


@shared_task(name="connect.report_stranded")
def report_stranded(**_: object) -> None:
    """Ask sellers for a bank account that takes what they were given just now."""
    stranded.report_stranded(at=timezone.now())


@shared_task(name="connect.sweep_stranded")
def sweep_stranded(**_: object) -> None:
    """Ask sellers for a bank account that takes what they were given within a day."""
    stranded.sweep(at=timezone.now())


@shared_task(name="connect.make_bank_files")
def make_bank_files(**_: object) -> None:
    """Make the day's bank files of payouts."""
    bank_files.make_files(at=timezone.now())
