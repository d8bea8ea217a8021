// Run as `node judge_json.cjs SCHEMA`, with NODE_PATH: each line of standard input is {"name", "feed"}; prints {"name", "faults"} for each.
// Judges: ajv with our schema of JSON Feed 1.1; and jsonfeed-validator, which knows version 1, with the document said in version 1.
const Ajv = require('ajv')
const validate = require('jsonfeed-validator')
const { readFileSync } = require('node:fs')
const { createInterface } = require('node:readline')

const schema = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(process.argv[2], 'utf8')))

function older({ authors, language, ...rest }) {
  const said = authors ? { ...rest, author: authors[0] } : rest
  return said.items ? { ...said, version: 'https://jsonfeed.org/version/1', items: said.items.map(older) } : said
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { name, feed } = JSON.parse(line)
  schema(feed)
  const ours = (schema.errors ?? []).map((e) => `${e.dataPath} ${e.message}`)
  const theirs = validate(older(feed)).map((e) => `${e.ruleId}: ${e.message}`)
  process.stdout.write(JSON.stringify({ name, faults: [...ours, ...theirs] }) + '\n')
})
