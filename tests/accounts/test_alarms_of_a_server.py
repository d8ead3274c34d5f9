"""A running server finds an attack by itself, seconds after it began."""

import http.client
import time

import pytest

from accounts.models import SecurityAlarm

# More than wrong keys are told of from.
TRIES = 25
WITHIN_SECONDS = 10.0


@pytest.mark.attacks
def test_wrong_keys_are_told_of_within_ten_seconds(rialto_server):
    began = time.monotonic()
    host = rialto_server.base_url.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    for number in range(TRIES):
        key = f"sk_test_rltATTACK{number:034}"
        connection.request("GET", "/v1/balance", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (401, 429)

    with rialto_server.using_its_database():
        found = SecurityAlarm.objects.filter(subject="sk_test_rltATTAC")
        while not found.exists():
            assert time.monotonic() < began + WITHIN_SECONDS
            time.sleep(0.1)
    assert time.monotonic() < began + WITHIN_SECONDS
