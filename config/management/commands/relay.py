from django.core.management.base import BaseCommand

from config import relay


class Command(BaseCommand):
    help = "Carry events to those who asked, until told to stop."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        relay.run()
