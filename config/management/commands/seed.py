from django.conf import settings
from django.core.management.base import BaseCommand

from config import seed


class Command(BaseCommand):
    help = "Make the operator, one demo marketplace and its keys; write credentials.json."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        seed.seed(settings.RIALTO_HOME)
