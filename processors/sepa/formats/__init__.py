"""Files that banks take and give: credit transfers out, status reports and statements in.

Pure: no models, no clock, no connection. `pain001.write` makes a file of payments, `pain002.read`
says what the bank made of it, `camt.read` says what was booked, `reasons.failure_code` puts a
bank's reason into the words of the wire.
"""
