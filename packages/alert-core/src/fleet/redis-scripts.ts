/**
 * The keys of a fleet in Redis, and the scripts that change them. Each checks before its first write: Redis
 * takes nothing back.
 */
import { keptMs, lastMs, leaseMs, memberMs, mostSubmitted } from './redis-store.ts'

const keyNames = ['lease', 'm', 'in', 'st', 'sent', 'sil'] as const

/** One hash slot, and another fleet for each format. */
export function keysOf(fleet: string): string[] {
  return keyNames.map((name) => `alert:{${fleet}}:v1:${name}`)
}

/** Where the answer to a question stands. */
export function answerKey(fleet: string, id: string): string {
  return `alert:{${fleet}}:v1:answer:${id}`
}

/** Exists only while the probe runs. */
export function probeKey(fleet: string): string {
  return `alert:{${fleet}}:v1:probe`
}

/** Fields of the state beside its entries. */
const termField = '@term'
const revisionField = '@revision'
const stateIdField = '@state-id'
const historyField = '@history'
const aheadField = '@ahead'

const head = `
local lease, members, inbox, state, sent, silences = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`

/**
 * Reads each key as what it holds, and uses each command once: what later fails for want of a right would be
 * half done. The last key is its own. A refusal names the line, so each command has one.
 */
export const probeScript = `${head}
local own = KEYS[7]
redis.call('GET', lease)
redis.call('ZCARD', members)
redis.call('XLEN', inbox)
for _, key in ipairs({ state, sent, silences }) do
  redis.call('HGET', key, '')
end
redis.call('DEL', own)
redis.call('PEXPIRE', own, 1)
redis.call('SET', own, '')
redis.call('DEL', own)
redis.call('HGETALL', own)
redis.call('HDEL', own, '')
redis.call('HSET', own, '', '')
redis.call('DEL', own)
redis.call('ZREMRANGEBYSCORE', own, '-inf', 0)
redis.call('ZADD', own, 0, '')
redis.call('DEL', own)
redis.call('XRANGE', own, '-', '+', 'COUNT', 1)
redis.call('XDEL', own, '1-1')
redis.call('XADD', own, '*', 'd', '')
redis.call('DEL', own)
return 'usable'
`

/** id, renew, take, seen field, silences, able, leaving, number of deltas, deltas…, alerts… */
export const beatScript = `${head}
local id, renew, take, field = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local leaving = ARGV[7] == '1'
local count = tonumber(ARGV[8])
local holder = redis.call('GET', lease)
local seen = redis.call('HGET', state, field)
local term = redis.call('HGET', state, '${termField}')
local stateId = redis.call('HGET', state, '${stateIdField}')
local history = redis.call('HGET', state, '${historyField}')
local version = redis.call('HGET', silences, 'version') or '0'
local able = redis.call('HGET', silences, 'able') or '0'
local last = redis.call('HGET', silences, 'last') or ''
local list = version ~= ARGV[5] and redis.call('HGET', silences, 'list') or ''
local full = count > 0 and redis.call('XLEN', inbox) + count > ${mostSubmitted}
local found = {}
for n = 9 + count, #ARGV do found[#found + 1] = redis.call('HGET', sent, ARGV[n]) or '' end
redis.call('ZADD', members, leaving and 0 or now, id)
redis.call('ZREMRANGEBYSCORE', members, '-inf', now - ${memberMs})
local others = redis.call('ZCARD', members) - (leaving and 0 or 1)
redis.call('PEXPIRE', members, ${keptMs})
local renews = renew ~= '' and holder and string.sub(holder, 1, #id + #renew + 2) == id .. ' ' .. renew .. ' '
if renews then take = renew end
if renews or (take ~= '' and not holder) then
  holder = id .. ' ' .. take .. ' ' .. now
  redis.call('SET', lease, holder, 'PX', ${leaseMs})
end
if count > 0 and not full then
  for n = 9, 8 + count do redis.call('XADD', inbox, '*', 'd', ARGV[n]) end
  redis.call('PEXPIRE', inbox, ${keptMs})
end
if ARGV[6] == '1' then
  redis.call('HSET', silences, 'able', now)
  redis.call('PEXPIRE', silences, ${keptMs})
end
local who, at = string.match(last, '^(%S+) (%d+)$')
if who and tonumber(at) < now - ${lastMs} then who = nil end
if leaving and others == 0 and (not who or who == id) then
  who = id
  redis.call('HSET', silences, 'last', id .. ' ' .. now)
  redis.call('PEXPIRE', silences, ${keptMs})
end
return { tostring(now), holder or '', seen or '', others + 1, version, list, term or '',
  stateId or '', history or '', full and 1 or 0, able, others == 0 and who or '', found }
`

/**
 * id, term, revision, since, whole, silences, stateId, history, ahead, then three counted lists: places in
 * the inbox, changes, what people were notified of
 */
export const saveScript = `${head}
local id, term, revision, since = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local holder = redis.call('GET', lease)
if not holder or string.sub(holder, 1, #id + #term + 2) ~= id .. ' ' .. term .. ' ' then return 'refused' end
local written = redis.call('HGET', state, '${termField}')
local at = tonumber(redis.call('HGET', state, '${revisionField}') or '-1')
if written == term and at >= revision then return 'refused' end
local whole = ARGV[5] == '1'
if not whole and (written ~= term or at < since) then return 'differs' end
redis.call('HGET', sent, '')
redis.call('XLEN', inbox)
redis.call('HGET', silences, 'version')
if whole then redis.call('DEL', state, sent) end
local n = 10
local function each(key, remove, set)
  local count = tonumber(ARGV[n])
  n = n + 1
  for _ = 1, count do
    if ARGV[n] == '-' then redis.call(remove, key, ARGV[n + 1])
    else redis.call(set, key, ARGV[n + 1], ARGV[n + 2]) end
    n = n + 3
  end
end
each(inbox, 'XDEL', 'XDEL')
each(state, 'HDEL', 'HSET')
each(sent, 'HDEL', 'HSET')
redis.call('HSET', state, '${termField}', term, '${revisionField}', revision, '${stateIdField}', ARGV[7],
  '${historyField}', ARGV[8], '${aheadField}', ARGV[9])
if ARGV[6] ~= '' then
  redis.call('HSET', silences, 'list', ARGV[6], 'version', now)
end
for _, key in ipairs({ inbox, state, sent, silences }) do redis.call('PEXPIRE', key, ${keptMs}) end
return 'done'
`

/** question */
export const askScript = `${head}
if not redis.call('GET', lease) then return 'no-speaker' end
if redis.call('XLEN', inbox) >= ${mostSubmitted} then return 'full' end
redis.call('XADD', inbox, '*', 'd', ARGV[1])
redis.call('PEXPIRE', inbox, ${keptMs})
return 'asked'
`

/** id, term */
export const resignScript = `${head}
local id, term = ARGV[1], ARGV[2]
local holder = redis.call('GET', lease)
redis.call('ZADD', members, 0, id)
redis.call('ZREMRANGEBYSCORE', members, '-inf', now - ${memberMs})
local last = redis.call('HGET', silences, 'last')
if last and string.sub(last, 1, #id + 1) == id .. ' ' then redis.call('HDEL', silences, 'last') end
if holder and string.sub(holder, 1, #id + #term + 2) == id .. ' ' .. term .. ' ' then redis.call('DEL', lease) end
return 'done'
`
