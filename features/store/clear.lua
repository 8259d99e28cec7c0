-- KEYS: fence, outbox. ARGV: the fence (number of fields, then field and value).
if unchanged(1) then
  redis.call('DEL', KEYS[2])
end
return false
