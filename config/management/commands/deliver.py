from django.core.management.base import BaseCommand

from config import logins
from config.monitoring.pulse import Pulse
from webhooks.engine import engine


class Command(BaseCommand):
    help = "Send webhooks, until told to stop."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        logins.refuse_owner()
        engine.run_forever(Pulse("deliveries").touch)
