// Reads {chrome, pages: [{name, url, cookie}]} from stdin and writes one line of JSON for each page: what Lighthouse says
// of it as a phone of the middle range on a slow 4G line would show it (its mobile preset, throttling simulated).
// Each page is looked at in a browser of its own that has never been there, signed in by the cookie where there is one.

import { readFileSync } from "node:fs";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const METRICS = {
  paint: "first-contentful-paint",
  largest: "largest-contentful-paint",
  blocked: "total-blocking-time",
  index: "speed-index",
  shift: "cumulative-layout-shift",
};
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];

function faults(report, category) {
  const weighed = report.categories[category].auditRefs.filter((one) => one.weight > 0);
  return weighed.map((one) => report.audits[one.id]).filter((audit) => audit.score !== null && audit.score < 1).map((audit) => ({
    id: audit.id,
    title: audit.title,
    items: (audit.details?.items ?? []).slice(0, 4).map((item) => item.node?.snippet ?? item.description ?? item.source ?? JSON.stringify(item).slice(0, 160)),
  }));
}

async function look(chrome, { url, cookie }) {
  const browser = await puppeteer.launch({ executablePath: chrome, args: ARGUMENTS, headless: true });
  try {
    const page = await browser.newPage();
    if (cookie) await browser.setCookie({ name: "session", value: cookie, domain: new URL(url).hostname, path: "/", httpOnly: true, sameSite: "Lax" });
    const flags = { onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" };
    return (await lighthouse(url, flags, undefined, page)).lhr;
  } finally {
    await browser.close();
  }
}

const { chrome, pages } = JSON.parse(readFileSync(0, "utf8"));
for (const one of pages) {
  const report = await look(chrome, one);
  const said = { name: one.name, at: report.finalDisplayedUrl, machine: report.environment.benchmarkIndex, error: report.runtimeError?.message, scores: {}, faults: {} };
  for (const category of CATEGORIES) {
    said.scores[category] = Math.round((report.categories[category].score ?? 0) * 100);
    said.faults[category] = faults(report, category);
  }
  const long = report.audits["long-tasks"]?.details?.items ?? [];
  said.tasks = long.slice(0, 5).map((one) => `${Math.round(one.duration)} ms from ${Math.round(one.startTime)} ms on: ${one.url}`);
  const moved = report.audits["layout-shifts"]?.details?.items ?? [];
  said.moved = moved.slice(0, 5).map((one) => `${one.score.toFixed(3)}: ${one.node?.snippet ?? ""}`);
  for (const [name, id] of Object.entries(METRICS)) said[name] = report.audits[id].numericValue;
  console.log(JSON.stringify(said));
}
