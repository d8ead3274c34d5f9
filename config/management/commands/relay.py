from typing import Any

from django.core.management.base import BaseCommand

from config import relay


class Command(BaseCommand):
    help = "Carry events to those who asked, until told to stop."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        relay.run()
