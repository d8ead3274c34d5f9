"""Messages as banks write them, put together from parts."""

from io import BytesIO

ISO = "urn:iso:std:iso:20022:tech:xsd:"
OURS = "DE89370400440532013000"
ANNAS = "AT611904300234573201"


def document(message, *parts):
    body = "".join(parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{ISO}{message}">{body}</Document>'
    )


def open_file(text):
    return BytesIO(text.encode() if isinstance(text, str) else text)


def tag(name, *inner, **attributes):
    attrs = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{attrs}>{''.join(str(one) for one in inner)}</{name}>"


def euros(cents, name="Amt", currency="EUR"):
    return tag(name, f"{cents // 100}.{cents % 100:02}", Ccy=currency)


def side(cents):
    return tag("CdtDbtInd", "DBIT" if cents < 0 else "CRDT")


def reason(code, *words, name="StsRsnInf"):
    return tag(name, tag("Rsn", tag("Cd", code)), *(tag("AddtlInf", word) for word in words))


# --- pain.002


def report(*batches, message="pain.002.001.03", status="", file_id="bf-1"):
    group = tag("OrgnlMsgId", file_id) + tag("OrgnlMsgNmId", "pain.001.001.09") + status
    return document(
        message,
        tag(
            "CstmrPmtStsRpt",
            tag("GrpHdr", tag("MsgId", "REP-7"), tag("CreDtTm", "2026-11-24T10:00:00")),
            tag("OrgnlGrpInfAndSts", group),
            *batches,
        ),
    )


def batch(*payments, status=""):
    return tag("OrgnlPmtInfAndSts", tag("OrgnlPmtInfId", "bf-1"), status, *payments)


def payment(key, code, *reasons, cents=None):
    amount = tag("OrgnlTxRef", tag("Amt", euros(cents, "InstdAmt"))) if cents else ""
    own = tag("TxSts", code) if code else ""
    return tag("TxInfAndSts", tag("OrgnlEndToEndId", key), own, *reasons, amount)


# --- camt.053 and camt.054


def balance(kind, cents, day="2026-11-24"):
    return tag(
        "Bal",
        tag("Tp", tag("CdOrPrtry", tag("Cd", kind))),
        euros(abs(cents)),
        side(cents),
        tag("Dt", tag("Dt", day)),
    )


def head(id="ST-1", *more):
    account = tag("Acct", tag("Id", tag("IBAN", OURS)), tag("Ccy", "EUR"))
    return tag("Id", id) + tag("ElctrncSeqNb", 218) + tag("LglSeqNb", 17) + account + "".join(more)


def entry(
    cents,
    *details,
    version="08",
    status="BOOK",
    ref="REF-1",
    batch="",
    more="",
    words="SEPA-Gutschrift",
):
    sts = tag("Sts", status) if version == "02" else tag("Sts", tag("Cd", status))
    inner = batch + "".join(details)
    return tag(
        "Ntry",
        euros(abs(cents)),
        side(cents),
        sts,
        tag("BookgDt", tag("Dt", "2026-11-24")),
        tag("ValDt", tag("DtTm", "2026-11-25T00:30:00+02:00")),
        tag("AcctSvcrRef", ref),
        more,
        tag("NtryDtls", inner) if inner else "",
        tag("AddtlNtryInf", words),
    )


def details(cents=None, *parts, key="po-1", version="08", parties=""):
    amount = ""
    if cents is not None and version == "08":
        amount = euros(abs(cents)) + side(cents)
    elif cents is not None:
        amount = tag("AmtDtls", tag("TxAmt", euros(abs(cents))))
    return tag("TxDtls", tag("Refs", tag("EndToEndId", key)), amount, parties, *parts)


def party(role, name, iban, version="08"):
    named = tag("Nm", name)
    named = named if version == "02" else tag("Pty", named)
    return tag(role, named) + tag(f"{role}Acct", tag("Id", tag("IBAN", iban)))


def statement(*entries, opening=0, closing=0, version="08", id="ST-1", more=""):
    balances = balance("OPBD", opening) + balance("CLBD", closing)
    page = tag("Stmt", head(id), balances, more, *entries)
    return statements(page, version=version)


def statements(*pages, version="08"):
    group = tag("GrpHdr", tag("MsgId", "M-1"), tag("CreDtTm", "2026-11-25T05:00:00"))
    return document(f"camt.053.001.{version}", tag("BkToCstmrStmt", group, *pages))


def notification(*entries, version="08", id="NT-1"):
    group = tag("GrpHdr", tag("MsgId", "M-2"), tag("CreDtTm", "2026-11-25T05:00:00"))
    page = tag("Ntfctn", head(id), *entries)
    return document(f"camt.054.001.{version}", tag("BkToCstmrDbtCdtNtfctn", group, page))
