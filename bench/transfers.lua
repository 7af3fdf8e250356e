-- Transfers for wrk, each under an id of its own: wrk ... -s transfers.lua URL -- key=value ...
-- token, run (a word no other run has), accounts (how many), share (of calls with a callback), urls (comma-separated), known (ids to draw
-- from, for replays), pause (mean milliseconds between an answer and the next request; 0 for none), clock=1 (time each status apart).
local ffi = require("ffi")
ffi.cdef("typedef struct { long sec; long usec; } bench_time; int gettimeofday(bench_time *, void *);")

local threads = {}
local now = ffi.new("bench_time")
-- wrk hands over flat tables only, so times are counted by status and by their logarithm, in steps of a fiftieth.
local STEPS, STATUS, SECOND = 50, 100000, math.log(1e6) * 50

function setup(thread)
   table.insert(threads, thread)
   thread:set("number", #threads)
end

function init(args)
   asked = { share = "0", urls = "", accounts = "1", known = "0", pause = "0", clock = "0" }
   for _, pair in ipairs(args) do
      local key, value = pair:match("^(%w+)=(.*)$")
      asked[key] = value
   end
   accounts, share, known, pause = tonumber(asked.accounts), tonumber(asked.share), tonumber(asked.known), tonumber(asked.pause)
   clock = asked.clock == "1"
   urls = {}
   for url in asked.urls:gmatch("[^,]+") do table.insert(urls, url) end
   head = "POST /back-api/backoffice/transfers/deposit HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. asked.token
      .. "\r\nContent-Type: application/json\r\n"
   math.randomseed(os.time() * 10 + number)
   counter = 0
   statuses, times = {}, {}
   if pause > 0 then
      delay = function() return math.floor(-math.log(1 - math.random()) * pause) end
   end
end

local function microseconds()
   ffi.C.gettimeofday(now, nil)
   return tonumber(now.sec) % 1000000 * 1000000 + tonumber(now.usec)
end

function request()
   counter = counter + 1
   local id, account, url = number .. "-" .. counter, math.random(accounts), ""
   if known > 0 then
      -- The same id asks for the same again: everything else follows from it.
      account = math.random(known)
      id = tostring(account)
   elseif math.random() < share then
      url = ',"callbackUrl":"' .. urls[math.random(#urls)] .. '"'
   end
   local body = string.format('{"deduplicationId":"%s-%s","accountId":"%024x","amount":"1.25","assetId":"usd"%s}', asked.run, id, account, url)
   local trace = clock and string.format("X-Request-ID: t%013d\r\n", microseconds()) or ""
   return head .. trace .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

function response(status, headers)
   statuses[status] = (statuses[status] or 0) + 1
   if clock then
      local sent = headers["x-request-id"] or headers["X-Request-ID"]
      if sent then
         local key = status * STATUS + math.floor(math.log(math.max(microseconds() - tonumber(sent:sub(2)), 1)) * STEPS)
         times[key] = (times[key] or 0) + 1
      end
   end
end

-- Of the answers with this status, the time that `share` of them did not take longer than.
local function quantile(taken, status, share)
   local keys, all = {}, 0
   for key, count in pairs(taken) do
      if math.floor(key / STATUS) == status then
         table.insert(keys, key)
         all = all + count
      end
   end
   table.sort(keys)
   local left = all * share
   for _, key in ipairs(keys) do
      left = left - taken[key]
      if left <= 0 then return math.exp((key % STATUS + 1) / STEPS) end
   end
   return 0
end

local function add(all, found)
   for key, count in pairs(found) do all[key] = (all[key] or 0) + count end
end

function done(summary, latency)
   local all, taken = {}, {}
   for _, thread in ipairs(threads) do
      add(all, thread:get("statuses"))
      add(taken, thread:get("times"))
   end
   local parts, timed, in_time = {}, {}, 0
   for key, count in pairs(taken) do
      local status = math.floor(key / STATUS)
      if (status == 200 or status == 201) and key % STATUS <= SECOND then in_time = in_time + count end
   end
   for status, count in pairs(all) do
      table.insert(parts, string.format('"%d": %d', status, count))
      table.insert(timed, string.format('"%d": [%d, %d, %d]', status,
         quantile(taken, status, 0.5), quantile(taken, status, 0.99), quantile(taken, status, 1)))
   end
   print(string.format(
      'RESULT {"seconds": %.3f, "p50": %d, "p95": %d, "p99": %d, "timeouts": %d, "broken": %d, "statuses": {%s}, "timed": {%s}, "inTime": %d}',
      summary.duration / 1e6, latency:percentile(50), latency:percentile(95), latency:percentile(99), summary.errors.timeout,
      summary.errors.connect + summary.errors.read + summary.errors.write, table.concat(parts, ", "), table.concat(timed, ", "), in_time))
end
