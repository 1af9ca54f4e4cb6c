/**
 * `grantLease` of `lib/quotas/quota-counter` for Redis; the contract tests hold it to the same answers. `KEYS[1]` is the
 * counter, a hash of `holder → "granted used spare expiresAtMs"` and `.recalled`. Amounts travel as digits; the sums in
 * here are doubles, exact to 2^53 (9,007 USD in pico-USD) and to a billionth part beyond, while what is used is added up
 * outside, exactly. Answers nothing for a counter that is new without a seed.
 */
export const quotaScript = `
local holder, lease_ms = ARGV[1], tonumber(ARGV[2])
local limit = ARGV[3] ~= '' and tonumber(ARGV[3]) or nil
local used, reserved, spare = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local need, least, wish = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local seed, expire_at = ARGV[10], ARGV[11]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function digits(n) return string.format('%.0f', n) end
local function read(text) return string.match(text, '^(%d+) (%d+) (%d+) (%d+)$') end

local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 then
  if seed == '' then return {} end
  if tonumber(seed) > 0 then
    local row = seed .. ' ' .. seed .. ' 0 0'
    redis.call('HSET', KEYS[1], 'ledger', row)
    fields = { 'ledger', row }
  end
end
local others, elsewhere, kept, recalled_at = 0, 0, false, 0
local settled = { ARGV[4] }
for i = 1, #fields, 2 do
  if fields[i] == '.recalled' then
    recalled_at = tonumber(fields[i + 1])
  else
    local granted, ended, free, expires = read(fields[i + 1])
    local alive = tonumber(expires) > now
    if fields[i] == holder then
      kept = alive
    else
      settled[#settled + 1] = ended
      others = others + tonumber(alive and granted or ended)
      if alive then elsewhere = elsewhere + tonumber(free) end
      if not alive and ended == '0' then redis.call('HDEL', KEYS[1], fields[i]) end
    end
  end
end
local free = kept and spare or 0
local held = used + reserved + free
local given = wish
if limit then
  local room = limit - others - held
  if room <= need then
    given = math.max(room, 0)
  else
    given = need + math.min(wish - need, math.floor((room - need) / 8))
  end
  if given < least then given = 0 end
end
local lacking = given < need
local rest = lacking and 0 or free + given - need
redis.call('HSET', KEYS[1], holder,
  digits(held + given) .. ' ' .. ARGV[4] .. ' ' .. digits(rest) .. ' ' .. digits(now + lease_ms))
if lacking and elsewhere > 0 then redis.call('HSET', KEYS[1], '.recalled', digits(now)) end
if expire_at == '' then redis.call('PEXPIRE', KEYS[1], lease_ms + 3600000) else redis.call('PEXPIREAT', KEYS[1], expire_at) end
local reply = { digits(given), kept and '1' or '0', digits(others), digits(elsewhere),
  recalled_at > now - 2000 and '1' or '0' }
for _, amount in ipairs(settled) do reply[#reply + 1] = amount end
return reply
`
