from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from core.database.transactions import atomic
from ledger.audit import anchors, head_mail, runs, seals
from ledger.posting import holds, maturation
from ledger.rollups import snapshots


@shared_task(name="ledger.mature")
def mature(**_: object) -> None:
    """Make pending money available whose day has come."""
    maturation.mature(at=timezone.now())


@shared_task(name="ledger.expire_holds")
def expire_holds(**_: object) -> None:
    """Expire holds whose time is over."""
    holds.expire(at=timezone.now())


@shared_task(name="ledger.seal")
def seal(**_: object) -> None:
    """Seal what has been posted."""
    seals.seal_all()
    anchors.write_heads()


@shared_task(name="ledger.mail_heads")
def mail_heads(**_: object) -> None:
    """Mail the last head to those who keep it elsewhere, once a day."""
    head_mail.write(at=timezone.now())


@shared_task(name="ledger.verify")
def verify(**_: object) -> None:
    """Ask for every check, once a night; not while they are being made anyhow."""
    with suppress(runs.UnderWay), atomic():
        runs.ask(by="", at=timezone.now())


# The largest books take longer than any other work.
@shared_task(name="ledger.verify_asked", soft_time_limit=7_000, time_limit=7_100)
def verify_asked(**_: object) -> None:
    """Make every check for whoever asked, and keep what was found."""
    runs.make_asked(clock=timezone.now)


@shared_task(name="ledger.snapshot")
def snapshot(**_: object) -> None:
    """Close the day that is over, once a day; the other times there is nothing to do."""
    snapshots.write_snapshots()
