"""A worker of its own, to be killed: `python -m tests.webhooks.sending DELIVERY`."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402  after the settings

from webhooks.services import deliveries  # noqa: E402

if __name__ == "__main__":
    deliveries.deliver(delivery_id=sys.argv[1], at=timezone.now())
