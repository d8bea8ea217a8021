// Run as `node parse_node.mjs CLIENT FOLDER`, where FOLDER holds node_modules; reads and answers like parse_py.py.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Readable } from 'node:stream'
import { join } from 'node:path'

const [name, folder] = process.argv.slice(2)
const require = createRequire(join(folder, 'index.js'))
const load = (id) => import(pathToFileURL(require.resolve(id)).href)
const body = async (url) => (await fetch(url)).text()
const seconds = (at) => (at ? Math.floor(new Date(at).getTime() / 1000) : null)
const item = (id, title, link, at, text) => ({ id, title, link, at: seconds(at), body: text ?? '' })
const related = (links, rel) => (links ?? []).find((l) => (l.rel ?? 'alternate') === rel)?.href
const text = (t) => t?.value ?? t

const clients = {
  async feedsmith(url) {
    const { parseFeed } = await load('feedsmith')
    const { format, feed } = parseFeed(await body(url))
    if (format === 'rss') {
      const items = feed.items.map((i) => item(i.guid.value, i.title, i.link, i.pubDate, i.content?.encoded ?? i.description))
      return { items, language: feed.language, previous: related(feed.atom?.links, 'prev-archive') }
    }
    if (format === 'json') {
      const items = feed.items.map((i) => item(i.id, i.title, i.url, i.date_published, i.content_html ?? i.content_text))
      return { items, language: feed.language, previous: feed.next_url }
    }
    const items = feed.entries.map((e) =>
      item(e.id, text(e.title), related(e.links, 'alternate'), e.published, text(e.content) ?? text(e.summary)),
    )
    return { items, language: feed.xml?.lang, previous: related(feed.links, 'prev-archive') }
  },
  async 'rss-parser'(url) {
    const Parser = (await load('rss-parser')).default
    const feed = await new Parser().parseURL(url)
    const items = feed.items.map((i) => item(i.guid ?? i.id, i.title, i.link, i.isoDate, i['content:encoded'] ?? i.content ?? i.summary))
    return { items, language: feed.language }
  },
  async '@extractus/feed-extractor'(url) {
    const { extract } = await load('@extractus/feed-extractor')
    const getExtraEntryFields = (entry) => ({ whole: JSON.stringify(entry) })
    const feed = await extract(url, { getExtraEntryFields })
    return { items: feed.entries.map((e) => item(e.id, e.title, e.link, e.published, e.whole)), language: feed.language || undefined }
  },
  async feedparser(url) {
    const FeedParser = (await load('feedparser')).default
    const parser = new FeedParser({ feedurl: url })
    const items = []
    Readable.from([Buffer.from(await body(url))]).pipe(parser)
    for await (const i of parser) items.push(item(i.guid, i.title, i.link, i.pubdate, i.description))
    return { items, language: parser.meta.language ?? undefined }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = await clients[name](line.trim())
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
