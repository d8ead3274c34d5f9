from celery import shared_task
from django.utils import timezone

from accounts.approvals import recovery, requests
from accounts.audit import seals
from accounts.detection import baselines, places
from accounts.services import approval_letters, file_removal, key_usage, letters


@shared_task(name="accounts.send_letters")
def send_letters(**_: object) -> None:
    """Send the letters to accounts' people and to operators."""
    letters.send_due(at=timezone.now())


@shared_task(name="accounts.remove_files")
def remove_files(**_: object) -> None:
    """Delete the content of files that have expired, or that nothing names."""
    file_removal.remove_due(at=timezone.now())


@shared_task(name="accounts.prune_key_use")
def prune_key_use(**_: object) -> None:
    """Forget what keys were used for more than a year ago."""
    key_usage.prune(at=timezone.now())


@shared_task(name="accounts.learn_baselines")
def learn_baselines(**_: object) -> None:
    """Learn what is usual in this hour of the week, and forget places of long ago."""
    at = timezone.now()
    places.forget(at=at)
    baselines.learn(at=at)


@shared_task(name="accounts.expire_approvals")
def expire_approvals(**_: object) -> None:
    """End the requests for approval that nobody has decided on in time."""
    requests.expire_due(at=timezone.now())


@shared_task(name="accounts.recover_approvals")
def recover_approvals(**_: object) -> None:
    """Take up what was approved and cut off."""
    recovery.recover_due(at=timezone.now())


@shared_task(name="accounts.write_to_approvers")
def write_to_approvers(**_: object) -> None:
    """Write to those who may decide on what somebody asks for."""
    approval_letters.write_due(at=timezone.now())


@shared_task(name="accounts.seal_audit")
def seal_audit(**_: object) -> None:
    """Seal what the audit trail has and no seal covers yet."""
    seals.seal_all(at=timezone.now())
