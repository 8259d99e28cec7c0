-- KEYS: fence, outbox, profiles. Returns the fence's fields, whether an outbox stands, and the profiles in order.
local profiles = {}
local chunk = 1000 -- unpack has a limited stack
for first = 3, #KEYS, chunk do
  local last = math.min(first + chunk - 1, #KEYS)
  local values = redis.call('MGET', unpack(KEYS, first, last))
  for at = 1, #values do
    profiles[first - 3 + at] = values[at]
  end
end
return {redis.call('HGETALL', KEYS[1]), redis.call('EXISTS', KEYS[2]), profiles}
