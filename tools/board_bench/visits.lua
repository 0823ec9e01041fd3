-- What wrk asks for, and what it tells at the end. The environment holds a file with a header on each line, then an empty
-- line, then an address on each line: all of them are asked for in their order, divided among the threads.
local headers, paths = {}, {}
local is_head = true
for line in io.lines(os.getenv("VISIT")) do
  if line == "" then
    is_head = false
  elseif is_head then
    local name, value = line:match("^([^:]+): (.*)$")
    headers[name] = value
  else
    paths[#paths + 1] = line
  end
end
wrk.headers = headers

local threads, started = tonumber(os.getenv("VISIT_THREADS")), 0
function setup(thread)
  thread:set("place", started)
  started = started + 1
end

-- To put a request together takes wrk as long as a quick server needs to answer it, and on one machine it takes that from
-- the server. So each is put together once.
local asked, requests = 0, {}
function request()
  local number = (asked * threads + place) % #paths + 1
  asked = asked + 1
  local made = requests[number]
  if not made then
    made = wrk.format("GET", paths[number])
    requests[number] = made
  end
  return made
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    'VISITS {"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    broken + errors.status))
end
