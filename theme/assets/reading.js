// The reading list: kept in this browser, nowhere else. main.js saves; here it is shown, marked, taken out and in.
import { card, escape, root } from "./cards.js";

const byId = (id) => document.getElementById(id);
const place = byId("saved"), sum = byId("sum"), none = byId("none"), tools = byId("tools");
const KEY = `digest:${root.pathname}:list`;
const text = (value, most = 500) => (typeof value === "string" ? value.slice(0, most) : undefined);
const pairs = (value) => (Array.isArray(value) ? value.filter((one) => Array.isArray(one) && one.length === 2).slice(0, 50).map(([a, b]) => [text(String(a)), text(String(b))]) : []);

// A list may come from a file of anyone's: only what a card knows, in the form that it knows.
function paper(value) {
  const address = text(value?.address, 200), title = text(value?.title, 2000);
  if (!address || !title || !/^[\w.:()-]+$/.test(address)) return null;
  return {
    address, title, authors: pairs(value.authors), topics: pairs(value.topics), count: Number(value.count) || 0, hue: Number(value.hue) || 0, page: value.page === true,
    date: text(value.date, 10), category: text(value.category, 40), code: text(value.code), saved: text(value.saved, 10), read: text(value.read, 10),
  };
}
const known = (values) => [...new Map((Array.isArray(values) ? values : []).map(paper).filter(Boolean).reverse().map((one) => [one.address, one])).values()].reverse();
const list = () => { try { return known(JSON.parse(localStorage.getItem(KEY))); } catch { return []; } };
const today = () => new Date().toISOString().slice(0, 10);
const href = ({ address }) => new URL(`papers/${encodeURIComponent(address)}/`, root).href;

function keep(papers) {
  localStorage.setItem(KEY, JSON.stringify(papers));
  dispatchEvent(new Event("saved"));
}

function shown(one) {
  const buttons = `<button type="button" class="save" data-do="read" aria-pressed="${Boolean(one.read)}" aria-label="${one.read ? "unread" : "mark read"}: ${escape(one.title)}">${one.read ? "unread" : "mark read"}</button>`
    + `<button type="button" class="save" data-do="remove" aria-label="remove: ${escape(one.title)}">remove</button>`;
  return card({ href: href(one), title: one.title, facts: one }).replace(/<\/p><\/article>$/, `${buttons}</p></article>`).replace("<article", `<article data-address="${escape(one.address)}"`);
}

function show() {
  const papers = list(), toRead = papers.filter((one) => !one.read), read = papers.filter((one) => one.read);
  sum.textContent = papers.length ? `${toRead.length} to read, ${read.length} read` : "";
  none.hidden = papers.length > 0;
  tools.hidden = false;
  for (const button of tools.querySelectorAll("[data-export]")) button.hidden = !papers.length;
  place.innerHTML = (toRead.length ? `<h2>To read</h2>${toRead.map(shown).join("")}` : "") + (read.length ? `<h2>Read</h2>${read.map(shown).join("")}` : "");
}

place.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-do]");
  if (!button) return;
  const { address } = button.closest("article").dataset, papers = list(), at = [...place.querySelectorAll("article")].indexOf(button.closest("article"));
  if (button.dataset.do === "remove") keep(papers.filter((one) => one.address !== address));
  else keep(papers.map((one) => (one.address === address ? { ...one, read: one.read ? undefined : today() } : one)));
  const rows = [...place.querySelectorAll("article")];
  (rows[Math.min(at, rows.length - 1)]?.querySelector("h3 a") ?? tools.querySelector("button:not([hidden])"))?.focus();
});

function download(name, type, body) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([body], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Every paper's page has its BibTeX; the list takes it from there, so that both are the same.
async function bibtex(one) {
  const answer = await fetch(href(one));
  const entry = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("bibtex")?.textContent.trim();
  return entry || `% ${one.title.replace(/\s+/g, " ")}: no longer on this site`;
}

const exports = {
  json: () => download("reading-list.json", "application/json", `${JSON.stringify(list().map((one) => ({ ...one, url: href(one) })), null, 2)}\n`),
  bibtex: async () => {
    const papers = list(), entries = [];
    for (let at = 0; at < papers.length; at += 8) entries.push(...await Promise.all(papers.slice(at, at + 8).map(bibtex)));
    download("reading-list.bib", "application/x-bibtex", `${entries.join("\n\n")}\n`);
  },
};
tools.addEventListener("click", ({ target }) => exports[target.dataset?.export]?.());
byId("import").addEventListener("change", async ({ target }) => {
  let found = [];
  try { found = known(JSON.parse(await target.files[0].text())); } catch { /* said below */ }
  target.value = "";
  if (found.length) keep(known([...list(), ...found]));
  sum.textContent = found.length ? `${found.length} papers read from the file` : "That file holds no reading list.";
});
for (const name of ["saved", "storage"]) addEventListener(name, show);
show();
