"""A connection of its own that has posted and not committed."""

import threading
from contextlib import suppress
from datetime import date

from django.db import connection

from core.database.transactions import atomic
from ledger import rules
from ledger.chart import PENDING, PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.posting import journal
from tests.ledger.entries import AT

NEVER = date(2099, 1, 1)


class Waiting:
    """It waits with its entry posted, until it is told how to end."""

    def __init__(self, source, owner, amount, processor):
        self.entry = Entry(
            rules.CHARGE_CAPTURED,
            source,
            source,
            "usd",
            processor,
            owner,
            (Part(PROCESSOR, amount),),
            (Part(PENDING, amount, NEVER, source),),
            lines=(Line(owner, "charge", amount, source, NEVER),),
        )
        self.has_posted, self.may_end = threading.Event(), threading.Event()
        self.commits = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        assert self.has_posted.wait(10)

    def run(self):
        try:
            with suppress(Undone), atomic():
                journal.post(self.entry, livemode=False, at=AT)
                self.has_posted.set()
                assert self.may_end.wait(30)
                if not self.commits:
                    raise Undone
        finally:
            self.has_posted.set()
            connection.close()

    def end(self, *, commits):
        self.commits = commits
        self.may_end.set()
        self.thread.join()


class Undone(Exception):
    pass
