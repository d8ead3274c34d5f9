"""A text that means something to whoever reads it as anything but text."""

# Quotes and a statement for SQL, a template's and a page's words, the beginning of a formula, a new
# header, and letters that turn the rest around. No parser of parameters refuses it.
HOSTILE = (
    "=cmd|' /C x'!A0\"';DROP TABLE a;--{{7*7}}{% now %}${7*7}%(x)s{0}<b id=planted>"
    "\r\nX-Planted: 1\u202e\u2066"
)
# What is not escaped in a page.
PLANTED = b"<b id=planted>"
