// Each page in a real browser. Prints figures as one line of JSON; what is wrong goes to stderr, and the exit code is 1.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const ask = JSON.parse(process.argv[2]);
const require = createRequire(`${ask.modules}/`);
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const PAGES = ["index", "liudu", "article", "gone", "status", "live", "hostile", "hostile-article", "hostile-index", "many"];
const SIZES = [[390, 844], [1280, 900]];
const MOST_BYTES = 60_000;
const MOST_SHIFT = 0.02;

const faults = [];
const figures = {};
const check = (good, what) => { if (!good) { faults.push(what); console.error(`FAILED ${what}`); } };

const browser = await puppeteer.launch({
  executablePath: ask.chromium,
  pipe: true, // it ends when we do
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none"],
});

async function open(name, { width = 1280, height = 900, scheme = "light", tongue = "zh-CN", script = true } = {}) {
  const page = await browser.newPage();
  const label = `${name} ${width} ${scheme} ${tongue}${script ? "" : " without script"}`;
  page.on("console", (line) => check(!["error", "warning", "warn"].includes(line.type()), `${label}: console: ${line.text()}`));
  page.on("pageerror", (error) => check(false, `${label}: ${error}`));
  page.on("dialog", (dialog) => { check(false, `${label}: a dialog says ${dialog.message()}`); dialog.dismiss(); });
  page.on("requestfailed", (request) => check(false, `${label}: ${request.url()} failed`));
  page.on("response", (answer) => check(answer.status() < 400, `${label}: ${answer.url()} gave ${answer.status()}`));
  page.on("request", (request) => {
    const url = request.url();
    const ours = url.startsWith(ask.base) || url.startsWith("data:image/svg+xml") || (url.startsWith(ask.images) && request.resourceType() === "image");
    check(ours, `${label}: asks for ${url}`);
  });
  const agent = await browser.userAgent();
  const client = await page.createCDPSession();
  await client.send("Emulation.setUserAgentOverride", { userAgent: agent, acceptLanguage: tongue });
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  await page.evaluateOnNewDocument(() => {
    window.shift = 0;
    new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shift += one.value; }).observe({ type: "layout-shift", buffered: true });
  });
  const answer = await page.goto(`${ask.base}${name}.html`, { waitUntil: "networkidle0" });
  return { page, label, bytes: (await answer.buffer()).length };
}

const scrolled = (page) => page.evaluate(async () => {
  for (let at = 0; at < document.documentElement.scrollHeight; at += innerHeight / 2) {
    scrollTo(0, at);
    await new Promise((done) => setTimeout(done, 30));
  }
  await Promise.all([...document.images].map((image) => image.complete || new Promise((done) => { image.onload = image.onerror = done; })));
  scrollTo(0, 0);
  return window.shift;
});

const shown = (page, selector) => page.$$eval(selector, (all) => all.filter((one) => one.checkVisibility()).length);

async function looks(name) {
  figures[name] = { bytes: 0, shift: 0, passes: 0 };
  for (const [width, height] of SIZES) for (const scheme of ["light", "dark"]) {
    const { page, label, bytes } = await open(name, { width, height, scheme });
    const shift = await scrolled(page);
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run());
    for (const one of found.violations) check(false, `${label}: axe ${one.id}: ${one.nodes.map((node) => `${node.html.slice(0, 160)} ${node.any.map((a) => a.message).join("; ")}`).slice(0, 3).join(" | ")}`);
    const row = figures[name];
    Object.assign(row, { bytes, shift: Math.max(row.shift, shift), passes: Math.max(row.passes, found.passes.length) });
    check(shift <= MOST_SHIFT, `${label}: layout shift ${shift}`);
    check(bytes < MOST_BYTES, `${label}: ${bytes} bytes`);
    check((await shown(page, ".zh")) > 0 && (await shown(page, ".en")) === 0, `${label}: speaks Chinese`);
    await page.close();
  }
}

async function narrow(name) {
  const { page, label } = await open(name, { width: 320, height: 640 });
  await scrolled(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(wide <= 320, `${label}: ${wide} wide`);
  await page.close();
}

async function plain(name) {
  const { page, label } = await open(name, { script: false });
  check((await shown(page, "#q, [data-copy]")) === 0, `${label}: shows what needs a script`);
  check((await shown(page, "[data-line]")) === (await page.$$("[data-line]")).length, `${label}: the list is whole`);
  await page.focus("#zh");
  await page.keyboard.press("ArrowRight");
  check((await shown(page, ".en")) > 0 && (await shown(page, ".zh")) === 0, `${label}: the language can be chosen`);
  await page.close();
}

async function tongues(name) {
  for (const [tongue, lang] of [["zh-CN", "zh-CN"], ["en-GB", "en"], ["fr-FR,en", "en"]]) {
    const { page, label } = await open(name, { tongue });
    check((await page.evaluate(() => document.documentElement.lang)) === lang, `${label}: language ${lang}`);
    check((await shown(page, lang === "en" ? ".zh" : ".en")) === 0, `${label}: one language at a time`);
    if (lang === "en") {
      await page.evaluate(axe);
      for (const one of (await page.evaluate(() => window.axe.run())).violations) check(false, `${label}: axe ${one.id}: ${one.nodes[0].html}`);
    }
    await page.close();
  }
}

async function search() {
  const { page, label } = await open("liudu");
  const reached = [];
  for (let step = 0; step < 14; step += 1) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName));
    if (reached.at(-1) === "q") break;
  }
  check(reached[0] === "skip", `${label}: the first stop is the way to the content, not ${reached[0]}`);
  check(reached.at(-1) === "q", `${label}: the search is reached by keyboard: ${reached}`);
  const visible = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check(visible !== "none", `${label}: the focus is seen`);
  const before = await shown(page, "[data-line]");
  await page.keyboard.type("东门大桥");
  const titles = await page.$$eval("[data-line] h3", (all) => all.filter((one) => one.checkVisibility()).map((one) => one.textContent));
  check(titles.length > 0 && titles.length < before && titles.every((title) => title.includes("东门大桥")), `${label}: the search filters: ${titles}`);
  check((await page.$$eval("[data-day]", (days) => days.filter((day) => day.checkVisibility() && !day.querySelector("[data-line]:not([hidden])")).length)) === 0, `${label}: no empty day`);
  await page.keyboard.type("不可能有的");
  check((await shown(page, "[data-line]")) === 0 && (await shown(page, "#found > span:last-child")) === 1, `${label}: nothing found is said`);
  await page.close();
}

async function copies() {
  await browser.defaultBrowserContext().overridePermissions(ask.base, ["clipboard-read", "clipboard-write"]);
  const { page, label } = await open("liudu");
  await page.bringToFront();
  await page.click("[data-copy]");
  await page.waitForSelector("[data-copy] + span > span:not([hidden])");
  const held = await page.evaluate(() => navigator.clipboard.readText());
  check(held.endsWith("/liudu.rss"), `${label}: copied ${held}`);
  await page.close();
}

async function hostile() {
  const { page, label } = await open("hostile-article");
  for (const link of await page.$$(".body a, .body p, .body img")) await link.evaluate((one) => one.click());
  const bad = await page.$$eval("main *", (all) => all.filter((one) => one.matches("script, style, iframe, form, svg, base, meta, [style], [onclick], [onerror]")).length);
  check(bad === 0, `${label}: ${bad} elements that must not be`);
  check(page.url().startsWith(ask.base), `${label}: is still here`);
  await page.close();
}

async function pictures() {
  const wanted = [
    ["index", 1280, 900, "light"], ["index", 390, 844, "dark"], ["liudu", 1280, 800, "light"], ["liudu", 390, 844, "light"],
    ["article", 1280, 900, "light"], ["article", 390, 844, "dark"], ["status", 1280, 900, "light"], ["live", 390, 844, "dark"],
  ];
  for (const [name, width, height, scheme] of wanted) {
    const tongue = name === "live" ? "en-GB" : "zh-CN";
    const { page } = await open(name, { width, height, scheme, tongue });
    await page.screenshot({ path: `${ask.pictures}/${name}-${width}-${scheme}.png` });
    await page.close();
  }
}

try {
  for (const name of PAGES) { await looks(name); await narrow(name); }
  for (const name of ["index", "liudu", "status"]) await plain(name);
  for (const name of ["index", "liudu", "article", "live"]) await tongues(name);
  await search();
  await copies();
  await hostile();
  await pictures();
} finally {
  await browser.close();
}
console.log(JSON.stringify(figures));
process.exitCode = faults.length ? 1 : 0;
