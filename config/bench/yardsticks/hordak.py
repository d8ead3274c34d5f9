"""The same postings by django-hordak, on the same server, in an environment of its own."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

from config.bench.stack import Stack
from config.launcher.postgres import embedded
from core.types import JsonObject

_DATABASE = "rialto_bench_hordak"
_PROGRAM = """
    import json, multiprocessing, os, sys, time
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": sys.argv[1],
            "USER": "postgres", "HOST": sys.argv[2], "CONN_MAX_AGE": None}},
        DEFAULT_CURRENCY="USD", CURRENCIES=["USD"],
    )
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from hordak.models import Account, Leg, Transaction
    from moneyed import Money

    SECONDS, WRITERS = float(sys.argv[3]), 8

    def write(names, begin, results):
        processor, seller = Account.objects.get(name=names[0]), Account.objects.get(name=names[1])
        amount, count = Money("20.00", "USD"), 0
        processor.transfer_to(seller, amount)
        time.sleep(max(0, begin - time.monotonic()))
        while time.monotonic() < begin + SECONDS:
            processor.transfer_to(seller, amount)
            count += 1
        results.put(count)

    call_command("migrate", verbosity=0)
    for number in range(WRITERS):
        for name, kind in ((f"p{number}", "AS"), (f"s{number}", "LI")):
            Account.objects.create(name=name, type=kind, code=None, currencies=["USD"])
    connection.close()
    context = multiprocessing.get_context("fork")
    results, begin = context.Queue(), time.monotonic() + 2
    writers = [context.Process(target=write, args=((f"p{n}", f"s{n}"), begin, results))
               for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    total = sum(results.get(timeout=SECONDS + 30) for _ in writers)
    print(json.dumps({"entries_per_second": round(total / SECONDS, 1)}))
"""


def measure(here: Stack, room: Path, *, seconds: float) -> JsonObject:
    """Post between two accounts for each of eight writers, each entry a transaction.

    Returns:
        `entries_per_second`, or `skipped` with the reason if it cannot be installed here.
    """
    try:
        python = _install(room)
    except subprocess.SubprocessError as error:
        return {"skipped": f"django-hordak cannot be installed here ({error})."}
    server = embedded(here.home)
    subprocess.run(
        [str(server.programs / "createdb"), "-h", here.socket_folder, "-U", "postgres", _DATABASE],
        env=here.as_superuser,
        check=True,
        capture_output=True,
        timeout=60,
    )
    program = room / "bench_hordak.py"
    program.write_text(textwrap.dedent(_PROGRAM))
    done = subprocess.run(
        [str(python), str(program), _DATABASE, here.socket_folder, str(seconds)],
        env=here.as_superuser,
        check=False,
        text=True,
        capture_output=True,
        timeout=180,
        cwd=room,
    )
    if done.returncode:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        return {"skipped": f"django-hordak does not run here ({last})."}
    found: JsonObject = json.loads(done.stdout)
    return found


def _install(room: Path) -> Path:
    environment = room / "hordak"
    python = environment / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "venv", str(environment)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "django-hordak==2.0.0", "psycopg[binary]"],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return python
