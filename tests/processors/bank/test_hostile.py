"""Files that no bank would send, and files that came to harm on the way."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.sepa.formats import camt, pain002, reading
from processors.sepa.formats.reading import BadFile
from tests.processors.bank.samples import (
    batch,
    details,
    entry,
    notification,
    open_file,
    payment,
    reason,
    report,
    statement,
    tag,
)

A_STATEMENT = statement(entry(5, details(5)), entry(-2), opening=1, closing=4)
A_REPORT = report(batch(payment("po-1", "RJCT", reason("AC04"))))
READERS = {
    "statement": (camt.check, A_STATEMENT),
    "notification": (camt.check, notification(entry(5, details(5)))),
    "report": (pain002.read, A_REPORT),
}
EACH = pytest.mark.parametrize(("read", "file"), READERS.values(), ids=READERS)

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def with_declaration(file, declaration):
    prolog, _, rest = file.partition("<Document")
    return f"{prolog}{declaration}<Document{rest}"


@EACH
def test_the_files_of_these_tests_are_good(read, file):
    assert read(open_file(file))


@EACH
@pytest.mark.parametrize(
    "declaration",
    [
        f'<!DOCTYPE Document [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE Document [<!ENTITY passwords SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Document SYSTEM "http://localhost/evil.dtd">',
        '<!DOCTYPE Document [<!ENTITY % all SYSTEM "http://localhost/evil.dtd"> %all;]>',
        "<!DOCTYPE Document>",
    ],
    ids=["a billion laughs", "a file", "a document type elsewhere", "parameters", "a type"],
)
def test_a_file_that_declares_anything_is_refused(read, file, declaration):
    hostile = with_declaration(file, declaration).replace("bf-1", "&l9;").replace("ST-1", "&l9;")

    with pytest.raises(BadFile, match="declares a document type"):
        read(open_file(hostile))


@EACH
def test_an_entity_that_nobody_declared_is_refused(read, file):
    with pytest.raises(BadFile, match="no XML"):
        read(open_file(file.replace("</Document>", "&l9;</Document>")))


@EACH
def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(read, file):
    whole = file.encode()

    for end in range(0, len(whole) - 1, 7):
        with pytest.raises(BadFile, match="broken off"):
            read(BytesIO(whole[:end]))


@EACH
def test_two_files_in_one_are_refused(read, file):
    with pytest.raises(BadFile, match="no XML"):
        read(open_file(file + file.partition("?>")[2]))


@pytest.mark.parametrize(
    ("namespace", "words"),
    [
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.14", "This is camt.053.001.14; what is read"),
        ("urn:iso:std:iso:20022:tech:xsd:pain.001.001.09", "This is pain.001.001.09; what is read"),
        ("urn:iso:std:iso:20022:tech:xsd:nonsense", "Not a message of ISO 20022"),
        ("http://www.w3.org/1999/xhtml", "Not a message.*xhtml"),
        ("", "Not a message"),
    ],
)
@EACH
def test_another_message_is_refused_and_named(read, file, namespace, words):
    before, _, rest = file.partition('xmlns="')
    other = f'{before}xmlns="{namespace}"{rest.partition(chr(34))[2]}'

    with pytest.raises(BadFile, match=words):
        read(open_file(other))


def test_what_is_read_is_stated_of_a_version_that_is_not():
    with pytest.raises(BadFile, match=r"camt.053.001.02 to 13, camt.054.001.02 to 13"):
        camt.check(open_file(A_STATEMENT.replace("053.001.08", "053.001.01")))


@EACH
def test_another_root_is_refused(read, file):
    with pytest.raises(BadFile, match="begins with Document, not with 'Letter'"):
        read(open_file(file.replace("Document", "Letter")))


@EACH
def test_elements_of_another_namespace_say_nothing(read, file):
    foreign = '<x:GrpHdr xmlns:x="urn:x"><x:MsgId>evil</x:MsgId></x:GrpHdr>'

    marked = file.replace("</GrpHdr>", f"</GrpHdr>{foreign}")

    assert read(open_file(marked)) == read(open_file(file))


def test_an_amount_of_another_namespace_is_none():
    foreign = '<x:Amt xmlns:x="urn:x" Ccy="EUR">9.99</x:Amt>'
    file = notification(entry(5).replace("<Ntry><Amt", f"<Ntry>{foreign}<Amt"))

    _, entries = next(camt.read(open_file(file)))

    assert next(entries).amount == 5


@EACH
def test_elements_in_elements_without_end_are_refused(read, file):
    deep = "<a>" * 100_000 + "</a>" * 100_000

    with pytest.raises(BadFile, match="more than 40 deep"):
        read(open_file(file.replace("</GrpHdr>", f"{deep}</GrpHdr>")))


@pytest.mark.parametrize(
    "much",
    [
        tag("Nm", "x" * 2_000_000),
        tag("Nm", a="x" * 2_000_000),
        tag("Nm") * 400_000,
        f"<!--{'x' * 2_000_000}-->",
    ],
    ids=["a text", "an attribute", "elements", "a remark"],
)
@EACH
def test_one_record_without_end_is_refused(read, file, much):
    with pytest.raises(BadFile, match="One record is longer than"):
        read(open_file(file.replace("</GrpHdr>", f"{much}</GrpHdr>")))


@pytest.mark.parametrize("read", [camt.check, pain002.read])
def test_a_file_longer_than_was_agreed_is_refused(read):
    file = A_STATEMENT if read is camt.check else A_REPORT

    with pytest.raises(BadFile, match="longer than 300 bytes"):
        read(open_file(file), most_bytes=300)


@EACH
def test_other_encodings_are_read_and_unknown_ones_refused(read, file):
    utf16 = file.replace("UTF-8", "UTF-16").encode("utf-16")

    assert read(BytesIO(utf16)) == read(open_file(file))
    for bad in ("nonsense", "utf-7", "gb18030"):
        with pytest.raises(BadFile):
            read(open_file(file.replace("UTF-8", bad)))
    with pytest.raises(BadFile):
        read(BytesIO(file.replace("1", "é").encode("latin-1")))


@pytest.mark.parametrize("read", [camt.check, pain002.read])
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_clearly(read, noise):
    with pytest.raises(BadFile):
        read(BytesIO(noise))


@EACH
@settings(deadline=None)
@given(data=st.data())
def test_a_file_that_came_to_harm_is_read_or_refused_clearly(read, file, data):
    whole = bytearray(file.encode())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        whole[place] = data.draw(st.integers(0, 255))

    with suppress(BadFile):
        read(BytesIO(bytes(whole)))


def test_the_deepest_and_longest_are_what_the_page_says():
    assert (reading.MOST_DEPTH, reading.MOST_BYTES) == (40, 512 * 1024 * 1024)
    assert reading.MOST_BYTES_OF_A_RECORD == 1024 * 1024
