import re
import threading
from datetime import timedelta

from core import ids, request_context
from core.request_context import RequestContext


def test_an_id_is_its_prefix_and_24_characters():
    assert re.fullmatch(r"ch_[0-9A-Za-z]{24}", ids.new_id("ch"))


def test_ids_sort_by_when_they_were_made():
    made = [ids.new_id("ch") for _ in range(2_000)]

    assert made == sorted(made)


def test_threads_never_share_a_clock_value():
    made: list[str] = []

    def make() -> None:
        made.extend(ids.new_id("ch")[:11] for _ in range(1_000))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 4_000


def test_a_request_that_is_repeated_gets_the_same_ids():
    about = RequestContext(id_suffix=ids.new_suffix())

    with request_context.working_for(about):
        first = request_context.reserved_id("pi")
    with request_context.working_for(about):
        assert request_context.reserved_id("pi") == first

    assert request_context.reserved_id("pi") != first


def test_earlier_ids_sort_before_what_is_made_later():
    first = ids.new_id("txn")

    assert ids.earlier(first, timedelta(0)) <= first
    assert ids.earlier(first, timedelta(days=1)) < ids.earlier(first, timedelta(hours=23))
    assert ids.earlier(first, timedelta(days=99_999)) == "txn_00000000"


def test_what_is_made_while_something_goes_on_lies_in_its_span():
    before, began = "je_PUyYgr00" + "z" * 16, "req_PUyYgrRKqDet7NzAGVyY5BjZ"
    made = ids.new_id("evt")
    first, last = ids.span("evt", made.replace("evt", "req"), timedelta(seconds=1))

    assert first < made < ids.new_id("evt") < last
    assert ids.span("je", began, timedelta(0))[0] < before
    assert ids.span("je", began, timedelta(0))[1] > before
    assert not ids.span("je", made, timedelta(seconds=1))[0] < before
