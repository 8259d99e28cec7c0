-- KEYS: fence, profiles. Returns the fence's fields and the profiles in order.
local profiles = {}
local chunk = 1000 -- unpack has a limited stack
for first = 2, #KEYS, chunk do
  local last = math.min(first + chunk - 1, #KEYS)
  local values = redis.call('MGET', unpack(KEYS, first, last))
  for at = 1, #values do
    profiles[first - 2 + at] = values[at]
  end
end
return {redis.call('HGETALL', KEYS[1]), profiles}
