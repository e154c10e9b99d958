// The search page: our own face on Pagefind's index. The query and its filters live in the address.
const byId = (id) => document.getElementById(id);
const input = byId("q"), sum = byId("sum"), found = byId("found"), filters = byId("filters"), results = byId("results"), hint = byId("hint");
const NAMES = { topic: "Topic", category: "Category", year: "Year", author: "Author" };
const PAGE = 20, WAIT = 120; // results a step; milliseconds after the last key
const root = new URL("..", import.meta.url);
const number = new Intl.NumberFormat("en").format;
const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const day = (text) => {
  const date = new Date(`${text}T00:00:00Z`);
  return isNaN(date) ? text : date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
};
let engine, older, merging, turn = 0, shown = 0, hits = [];

const state = () => new URLSearchParams(location.search);
const chosen = (params) => Object.fromEntries(Object.keys(NAMES).filter((name) => params.get(name)).map((name) => [name, params.get(name)]));
const remember = (params, push) => {
  const text = params.toString(), address = location.pathname + (text ? `?${text}` : "");
  if (address !== location.pathname + location.search) history[push ? "pushState" : "replaceState"](null, "", address);
};

async function load() {
  if (!engine) {
    const loading = await import(new URL("pagefind/pagefind.js", root).href);
    await loading.options({ excerptLength: 26 });
    await loading.init();
    older = await (await fetch(new URL("pagefind/older.json", root))).json();
    await loading.filters(); // until they are loaded, a search answers without counts
    engine = loading;
  }
  return engine;
}

// One index a period: the newest answers first, the older ones join in while that answer is being read.
const merge = () => (merging ??= Promise.all(older.map((folder) => engine.mergeIndex(new URL(`pagefind/${folder}`, root).href))).then(() => engine.filters()).then(() => { older = []; }));

// Pagefind may give addresses from the server's root or from its own index: bring both under this site.
const address = (url) => new URL(url.startsWith(root.pathname) ? url : url.replace(/^\//, ""), root).href;

// An excerpt that shows no more than the title and the names do is left out.
function tells(excerpt, { title, authors }) {
  const known = `${title} ${authors}`.toLowerCase();
  return [...excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].some(([, word]) => !known.includes(word.toLowerCase().replace(/\W+$/, "")));
}

function card({ url, meta, excerpt }) {
  const line = [meta.category && `<span>${escape(meta.category)}</span>`, meta.date && `<time datetime="${escape(meta.date)}">${escape(day(meta.date))}</time>`];
  // Pagefind escapes an excerpt and adds only its own marks.
  return `<article class="card row"><h3><a href="${escape(address(url))}">${escape(meta.title)}</a></h3>`
    + (meta.authors ? `<div class="by">${escape(meta.authors)}</div>` : "")
    + (excerpt && tells(excerpt, meta) ? `<p class="excerpt">${excerpt}</p>` : "") + `<p class="meta">${line.filter(Boolean).join("")}</p></article>`;
}

async function more(mine) {
  const next = await Promise.all(hits.slice(shown, shown + PAGE).map((hit) => hit.data()));
  if (mine !== turn) return;
  byId("more")?.remove();
  results.insertAdjacentHTML("beforeend", next.map(card).join(""));
  const at = shown;
  shown += next.length;
  if (shown < hits.length) {
    results.insertAdjacentHTML("beforeend", `<p class="filters" id="more"><button type="button">Show more of ${number(hits.length)}</button></p>`);
    byId("more").firstChild.addEventListener("click", async () => { await more(turn); results.children[shown - 1 > at ? at + next.length : at]?.querySelector("a")?.focus(); });
  }
}

// The ten thousand names of a filter are no menu: the most frequent that still match, and what is chosen.
function offer(counts, params) {
  filters.replaceChildren();
  for (const [name, label] of Object.entries(NAMES)) {
    const now = params.get(name);
    let values = Object.entries(counts?.[name] ?? {}).filter(([value, n]) => n > 0 || value === now);
    if (!values.length && !now) continue;
    values.sort(name === "year" ? (a, b) => b[0].localeCompare(a[0]) : (a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
    values = values.slice(0, 60);
    if (now && !values.some(([value]) => value === now)) values.unshift([now, 0]);
    const box = document.createElement("label"), menu = document.createElement("select");
    box.textContent = label;
    menu.name = name;
    menu.append(new Option("any", ""), ...values.map(([value, n]) => new Option(`${value} (${number(n)})`, value, false, value === now)));
    menu.addEventListener("change", () => {
      const next = state();
      menu.value ? next.set(name, menu.value) : next.delete(name);
      remember(next, true);
      run().then(() => filters.querySelector(`select[name=${name}]`)?.focus());
    });
    box.append(menu);
    filters.append(box);
  }
  if (Object.keys(chosen(params)).length) {
    const clear = document.createElement("button");
    clear.type = "button";
    clear.textContent = "Clear the filters";
    clear.addEventListener("click", () => {
      const next = state();
      Object.keys(NAMES).forEach((name) => next.delete(name));
      remember(next, true);
      run();
      input.focus();
    });
    filters.append(clear);
  }
}

async function run() {
  const mine = ++turn, params = state(), words = (params.get("q") ?? "").trim(), narrow = chosen(params);
  if (!words && !Object.keys(narrow).length) {
    sum.textContent = "";
    found.hidden = true;
    hint.hidden = false;
    return;
  }
  let search;
  try {
    search = await (await load()).search(words || null, { filters: narrow });
  } catch (problem) {
    sum.textContent = "The index could not be read. Try again in a moment, or go by topic, author or day.";
    hint.hidden = false;
    console.warn(problem);
    return;
  }
  if (mine !== turn) return;
  hits = search.results;
  shown = 0;
  results.replaceChildren();
  offer(search.filters, params);
  found.hidden = false;
  hint.hidden = hits.length > 0 || older.length > 0;
  sum.textContent = older.length ? "Looking further back …" : hits.length ? `${number(hits.length)} ${hits.length === 1 ? "paper" : "papers"}`
    : `No paper has ${words ? `“${words}”` : "all of these"}. Fewer or other words may find it${Object.keys(narrow).length ? ", or a filter less" : ""}.`;
  await more(mine);
  if (!older.length || mine !== turn) return;
  await merge().catch((problem) => { older = []; console.warn(problem); });
  if (mine === turn) await run();
}

function fromAddress() { input.value = state().get("q") ?? ""; return run(); }

let timer;
const typed = () => {
  const params = state(), words = input.value.trim();
  words ? params.set("q", words) : params.delete("q");
  remember(params, false);
  return run();
};
input.addEventListener("focus", () => load().catch(() => {}), { once: true });
input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(typed, WAIT); });
input.form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); typed(); });
addEventListener("popstate", fromAddress);
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || event.target.closest("select")) return;
  const links = [...results.querySelectorAll("h3 a")], at = links.indexOf(document.activeElement);
  if (at < 0 && document.activeElement !== input || !links.length) return;
  event.preventDefault();
  const to = at + (event.key === "ArrowDown" ? 1 : -1);
  (to < 0 ? input : links[Math.min(to, links.length - 1)]).focus();
});
if (found.dataset.papers === "0") {
  input.disabled = true; // there is no index
  sum.textContent = "This digest has no papers to search yet.";
} else {
  fromAddress();
  if (!input.value && matchMedia("(hover: hover)").matches) input.focus();
}
