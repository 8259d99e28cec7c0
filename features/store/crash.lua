-- KEYS: crashes. ARGV: field, traceback. The value is the count, a line feed, the last traceback. Returns the count.
local known = redis.call('HGET', KEYS[1], ARGV[1])
local count = known and tonumber(string.match(known, '^%d+')) + 1 or 1
redis.call('HSET', KEYS[1], ARGV[1], count .. '\n' .. ARGV[2])
return count
