"""The one script that Redis runs for Rialto: several limits at once, or nothing of them.

The generic cell rate algorithm keeps one number for each limit: when it will be as if nothing had
been done. Numbers are whole microseconds of the server's clock, and are written as such: a large
one would become an exponent.
"""

from hashlib import sha1
from typing import Final

# KEYS: of each rate, then of the place if one is taken.
# ARGV: the number of rates; interval, burst and 1 if it is enforced of each; then, for a place,
# its member, how many there are, and the microseconds after which it is free by itself.
# Returns: which refused (from 1; 0 for none), after how many microseconds it will not, and which
# would have refused if it were enforced.
TEXT: Final = """
redis.replicate_commands()
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local rates = tonumber(ARGV[1])
local refused, wait, exceeded, after = 0, 0, 0, {}
for i = 1, rates do
  local interval = tonumber(ARGV[3 * i - 1])
  local burst = tonumber(ARGV[3 * i])
  local kept = tonumber(redis.call('GET', KEYS[i]) or now)
  if kept < now then kept = now end
  local over = kept - now - (burst - 1) * interval
  if over <= 0 then
    after[i] = kept + interval
  elseif ARGV[3 * i + 1] ~= '1' then
    exceeded = i
  elseif over > wait then
    refused, wait = i, over
  end
end
local place = KEYS[rates + 1]
local at = 3 * rates + 2
if place and refused == 0 then
  local held = redis.call('ZCOUNT', place, string.format('(%.0f', now), '+inf')
  if held >= tonumber(ARGV[at + 1]) then refused = rates + 1 end
end
if refused > 0 then return {refused, wait, exceeded} end
for i, kept in pairs(after) do
  local milliseconds = math.ceil((kept - now) / 1000) + 1000
  redis.call('SET', KEYS[i], string.format('%.0f', kept), 'PX', string.format('%.0f', milliseconds))
end
if place then
  local lease = tonumber(ARGV[at + 2])
  redis.call('ZREMRANGEBYSCORE', place, '-inf', string.format('%.0f', now))
  redis.call('ZADD', place, string.format('%.0f', now + lease), ARGV[at])
  redis.call('PEXPIRE', place, string.format('%.0f', math.ceil(lease / 1000) + 1000))
end
return {0, 0, exceeded}
"""

# The name by which the server knows it.
DIGEST: Final = sha1(TEXT.encode(), usedforsecurity=False).hexdigest()

if __name__ == "__main__":
    # For whoever loads it into a server by hand; a line break more would be another script.
    print(TEXT, end="")  # noqa: T201  this is a command
