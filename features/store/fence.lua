-- Put before the scripts that compare: whether the fence in hash KEYS[1] is the one in ARGV[first], which is its number of
-- fields followed by field, value, field, value. A field too many differs too; without a hash the epoch is 0.
local function unchanged(first)
  local fields = tonumber(ARGV[first])
  local standing = redis.call('HLEN', KEYS[1])
  if standing == 0 then
    return fields == 1 and ARGV[first + 1] == 'epoch' and ARGV[first + 2] == '0'
  end
  if standing ~= fields then
    return false
  end
  for at = first + 1, first + 2 * fields, 2 do
    if redis.call('HGET', KEYS[1], ARGV[at]) ~= ARGV[at + 1] then
      return false
    end
  end
  return true
end
