/**
 * Scripts over the kept answers. `KEYS`: last uses and ends (sorted sets of answer keys by milliseconds), sizes (hash of
 * answer keys), facts (hash with the sum of sizes and the evictions). Redis runs a script whole or not at all, so that sums
 * and indexes agree. Source: https://redis.io/docs/latest/develop/programmability/eval-intro/
 */
const forget = `
local function forget(name)
  redis.call('DEL', name)
  redis.call('ZREM', KEYS[1], name)
  redis.call('ZREM', KEYS[2], name)
  local size = redis.call('HGET', KEYS[3], name)
  if size then
    redis.call('HDEL', KEYS[3], name)
    redis.call('HINCRBY', KEYS[4], 'bytes', -tonumber(size))
  end
end
local function forgetEnded(now)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do forget(name) end
end
`

/** `ARGV`: answer key, now. The answer's JSON, or nothing. */
export const getScript = `${forget}
local found = redis.call('GET', ARGV[1])
if not found then return false end
if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or 0) <= tonumber(ARGV[2]) then
  forget(ARGV[1])
  return false
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return found`

/** `ARGV`: answer key, now, life in milliseconds, size, room, JSON. What is larger than the room is not kept. */
export const setScript = `${forget}
forget(ARGV[1])
forgetEnded(ARGV[2])
if tonumber(ARGV[4]) > tonumber(ARGV[5]) then return 0 end
redis.call('SET', ARGV[1], ARGV[6], 'PX', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[2], tonumber(ARGV[2]) + tonumber(ARGV[3]), ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[4])
redis.call('HINCRBY', KEYS[4], 'bytes', ARGV[4])
while tonumber(redis.call('HGET', KEYS[4], 'bytes')) > tonumber(ARGV[5]) do
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if not oldest then break end
  forget(oldest)
  redis.call('HINCRBY', KEYS[4], 'evictions', 1)
end
return 1`

/** `ARGV`: how the keys begin. How many were forgotten. */
export const purgeScript = `${forget}
local count = 0
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if string.sub(name, 1, #ARGV[1]) == ARGV[1] then
    forget(name)
    count = count + 1
  end
end
return count`

/** `ARGV`: now. Entries, bytes, evictions. */
export const sizeScript = `${forget}
forgetEnded(ARGV[1])
return {
  redis.call('ZCARD', KEYS[1]),
  tonumber(redis.call('HGET', KEYS[4], 'bytes') or 0),
  tonumber(redis.call('HGET', KEYS[4], 'evictions') or 0)
}`
