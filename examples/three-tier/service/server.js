// POST /visits stores one visit and answers 201 once PostgreSQL has committed it; GET /visits tells how many there are.
const http = require('node:http')
const {readFileSync} = require('node:fs')
const {Pool} = require('pg')

const pool = new Pool({
  host: process.env.DB_HOST,
  user: 'visitor',
  database: 'visits',
  password: readFileSync('/run/secrets/db-password', 'utf8'),
  max: 8,
  // Who is refused hears it at once. The exchange that proves the password is thousands of hashes, though, and takes an emulated
  // processor seconds for each.
  connectionTimeoutMillis: 120_000,
})
// A connection that breaks while nobody uses it: the next request takes a new one.
pool.on('error', (error) => say(error.message))

const routes = {
  'POST /visits': async () => {
    await pool.query('INSERT INTO visits (visitor) VALUES ($1)', ['wrk'])
    return [201, {stored: true}]
  },
  'GET /visits': async () => {
    const {rows} = await pool.query('SELECT count(*)::int AS visits FROM visits')
    return [200, rows[0]]
  },
}

const server = http.createServer(async (request, response) => {
  const [status, body] = await answer(`${request.method} ${request.url}`)
  response.writeHead(status, {'content-type': 'application/json'}).end(`${JSON.stringify(body)}\n`)
})
server.listen(3000, () => say('listening on 3000'))

async function answer(route) {
  try {
    return routes[route] ? await routes[route]() : [404, {error: 'not found'}]
  } catch (error) {
    say(error.message)
    return [503, {error: 'the database does not answer'}]
  }
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0))
