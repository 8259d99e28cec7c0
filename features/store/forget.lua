-- KEYS: fence, profiles, at least one. ARGV: the fence (number of fields, then field and value).
-- Returns nothing when they are deleted, else the fields of the fence that stands.
if not unchanged(1) then
  return redis.call('HGETALL', KEYS[1])
end
redis.call('DEL', unpack(KEYS, 2))
return false
