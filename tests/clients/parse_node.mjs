// Reads URL with one npm client, prints {version, items: [[id, title, link, seconds]]}. Arguments: client, address.
// Run in the folder that holds the clients' node_modules.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Readable } from 'node:stream'
import { join } from 'node:path'

const [name, url] = process.argv.slice(2)
const require = createRequire(join(process.cwd(), 'index.js'))
const load = (id) => import(pathToFileURL(require.resolve(id)).href)
const body = async () => (await fetch(url)).text()
const seconds = (at) => (at ? Math.floor(new Date(at).getTime() / 1000) : null)

const clients = {
  async feedsmith() {
    const { parseFeed } = await load('feedsmith')
    const { format, feed } = parseFeed(await body())
    if (format === 'rss') return feed.items.map((i) => [i.guid.value, i.title, i.link, seconds(i.pubDate)])
    if (format === 'json') return feed.items.map((i) => [i.id, i.title, i.url, seconds(i.date_published)])
    const text = (t) => t?.value ?? t
    const link = (e) => e.links.find((l) => (l.rel ?? 'alternate') === 'alternate').href
    return feed.entries.map((e) => [e.id, text(e.title), link(e), seconds(e.published)])
  },
  async 'rss-parser'() {
    const Parser = (await load('rss-parser')).default
    const feed = await new Parser().parseURL(url)
    return feed.items.map((i) => [i.guid ?? i.id, i.title, i.link, seconds(i.isoDate)])
  },
  async '@extractus/feed-extractor'() {
    const { extract } = await load('@extractus/feed-extractor')
    const feed = await extract(url)
    return feed.entries.map((e) => [e.id, e.title, e.link, seconds(e.published)])
  },
  async feedparser() {
    const FeedParser = (await load('feedparser')).default
    const parser = new FeedParser({ feedurl: url })
    const items = []
    Readable.from([Buffer.from(await body())]).pipe(parser)
    for await (const i of parser) items.push([i.guid, i.title, i.link, seconds(i.pubdate)])
    return items
  },
}

const version = JSON.parse(readFileSync(join(process.cwd(), 'node_modules', name, 'package.json'))).version
process.stdout.write(JSON.stringify({ version, items: await clients[name]() }))
