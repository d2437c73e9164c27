-- What wrk asks for: one visit is stored per request.
wrk.method = 'POST'

function done(summary)
  local refused = summary.errors.status
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('acknowledged %d\n', summary.requests - refused))
  io.write(string.format('refused %d, broken connections %d\n', refused, broken))
end
