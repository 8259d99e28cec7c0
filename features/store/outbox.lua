-- KEYS: fence, outbox. Returns the fence's fields and the outbox's bytes.
return {redis.call('HGETALL', KEYS[1]), redis.call('GET', KEYS[2])}
