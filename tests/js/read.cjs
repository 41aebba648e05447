// Read texts (JSON strings, one a line), print what js-yaml makes of each (JSON, one a line).
'use strict'

const path = require('path')
const readline = require('readline')
// The folder that holds node_modules comes as an argument: packages are not installed beside this.
const yaml = require(path.join(path.resolve(process.argv[2]), 'node_modules', 'js-yaml'))

const MOST_NODES = 100000
const DEEPEST = 100

class Excess extends Error {}

// JSON has no dates, bytes or NaN: these, and mappings, become {"$": kind, "v": content}.
function encode (value, depth, count) {
  if (depth > DEEPEST || ++count.nodes > MOST_NODES) throw new Excess()
  // Nothing written, or only a comment: no value either way, and the Hub has one answer for both.
  if (value === undefined) return null
  if (typeof value === 'number' && !Number.isFinite(value)) return { $: 'number', v: String(value) }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return { $: 'date', v: value.getTime() }
  if (value instanceof Uint8Array) return { $: 'bytes', v: Array.from(value) }
  if (Array.isArray(value)) return value.map((item) => encode(item, depth + 1, count))
  const pairs = Object.keys(value).map((key) => [key, encode(value[key], depth + 1, count)])
  return { $: 'object', v: pairs }
}

function read (text) {
  let value
  try {
    value = yaml.load(text)
  } catch (error) {
    const mark = error.mark
    return {
      ok: false,
      message: error.reason || error.message,
      line: mark ? mark.line + 1 : 0,
      column: mark ? mark.column + 1 : 0
    }
  }
  try {
    return { ok: true, value: encode(value, 0, { nodes: 0 }) }
  } catch (error) {
    if (error instanceof Excess) return { ok: true, value: { $: 'excess' } }
    throw error
  }
}

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  process.stdout.write(JSON.stringify(read(JSON.parse(line))) + '\n')
})
