-- KEYS: fence, outbox, crashes, profiles.
-- ARGV: the fence before and after (each: number of fields, then field and value), the outbox, the number of crash fields
-- and those, then value and lifetime for each profile: '' deletes it, a lifetime of 0 keeps it for ever.
-- An outbox that stands is replaced: who commits has sent it. Returns nothing when all was written, else the fields of the
-- fence that stands.
if not unchanged(1) then
  return redis.call('HGETALL', KEYS[1])
end
local at = 2 + 2 * tonumber(ARGV[1])

-- The first write is one that a full or read-only server refuses, before anything is changed.
local last = at + 2 * tonumber(ARGV[at])
redis.call('HSET', KEYS[1], unpack(ARGV, at + 1, last))
local stays = {}
for field = at + 1, last, 2 do
  stays[ARGV[field]] = true
end
for field = 2, at - 1, 2 do
  if not stays[ARGV[field]] then
    redis.call('HDEL', KEYS[1], ARGV[field])
  end
end

at = last + 1
if ARGV[at] ~= '' then
  redis.call('SET', KEYS[2], ARGV[at])
else
  redis.call('DEL', KEYS[2])
end
at = at + 1
for field = at + 1, at + tonumber(ARGV[at]) do
  redis.call('HDEL', KEYS[3], ARGV[field])
end
at = at + tonumber(ARGV[at]) + 1

for key = 4, #KEYS do
  if ARGV[at] == '' then
    redis.call('DEL', KEYS[key])
  elseif ARGV[at + 1] == '0' then
    redis.call('SET', KEYS[key], ARGV[at])
  else
    redis.call('SET', KEYS[key], ARGV[at], 'PX', ARGV[at + 1])
  end
  at = at + 2
end
return false
