-- Which request comes next, when, and what came of it, as one line of JSON.
-- Arguments: same | unique NAME | objects COUNT | zones COUNT DOMAIN | post HEX TYPE, then perhaps: delay MILLISECONDS

local function zipf(count)
  -- Uniform on a logarithmic scale: the k-th is asked for about 1/k as often as the first.
  return math.floor(count ^ math.random())
end

function init(args)
  local mode, path = args[1] or "same", wrk.path
  math.randomseed(os.time())

  if mode == "unique" then
    local sent = 0
    request = function()
      sent = sent + 1
      return wrk.format("GET", path .. "?" .. args[2] .. "=" .. sent)
    end
  elseif mode == "objects" then
    local count = tonumber(args[2])
    request = function()
      return wrk.format("GET", path .. "?object=" .. zipf(count))
    end
  elseif mode == "zones" then
    local count, domain = tonumber(args[2]), args[3]
    request = function()
      return wrk.format("GET", path, { Host = "z" .. zipf(count) .. "." .. domain })
    end
  elseif mode == "post" then
    local body = args[2]:gsub("%x%x", function(octet) return string.char(tonumber(octet, 16)) end)
    local once = wrk.format("POST", path:match("^[^?]*"), { Host = wrk.headers.Host, ["Content-Type"] = args[3] }, body)
    request = function() return once end
  end

  for i, word in ipairs(args) do
    if word == "delay" then
      local mean = tonumber(args[i + 1])
      delay = function() return math.random(0, 2 * mean) end
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"bytes":%d,"p50":%d,"p90":%d,"p99":%d,"max":%d,"errors":%d,"refused":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status
  ))
end
