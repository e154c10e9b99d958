// The search page: our own face on Pagefind's index. The query, its filters and its order live in the address.
import { card, escape, number, root } from "./cards.js";

const byId = (id) => document.getElementById(id);
const input = byId("q"), sum = byId("sum"), found = byId("found"), filters = byId("filters"), results = byId("results"), hint = byId("hint");
const MENUS = { topic: "Topic", category: "Category", year: "Year" }, TICKS = { code: "Has code", picked: "Picked" };
const FILTERS = [...Object.keys(MENUS), "author", ...Object.keys(TICKS)];
const ORDERS = { relevance: "Relevance", date: "Newest first", score: "Highest score", upvotes: "Most upvotes" };
const FIRST = 10, PAGE = 20, WAIT = 40; // results at first and a step; milliseconds after the last key
const AUTHOR_FILTERS = 32; // as in search.py
let engine, older, merging, orders, turn = 0, shown = 0, hits = [];
const names = new Map(); // person's id -> name, as results show them

const state = () => new URLSearchParams(location.search);
const words = (params) => (params.get("q") ?? "").trim();
const usual = (params) => (words(params) ? "relevance" : "date");
const order = (params) => (params.get("sort") in ORDERS && (words(params) || params.get("sort") !== "relevance") ? params.get("sort") : usual(params));
const author = (id) => `a${new TextEncoder().encode(id).reduce((total, byte) => total + byte, 0) % AUTHOR_FILTERS}`;
const remember = (params, push) => {
  const text = params.toString(), address = location.pathname + (text ? `?${text}` : "");
  if (address !== location.pathname + location.search) history[push ? "pushState" : "replaceState"](null, "", address);
};
// Names as people type them become ids as the site makes them.
const slug = (text) => text.normalize("NFD").replace(/\p{M}|['’]/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
const narrow = (params) => Object.fromEntries(FILTERS.filter((name) => params.get(name)).map((name) => (name === "author" ? [author(params.get(name)), params.get(name)] : [name, params.get(name)])));

// As Pagefind reads a query, but with the parts of "KV-cache" apart: it finds "KV cache" too.
const QUOTED = /^\s*".+"\s*$/;
const ARXIV = /^\s*(?:https?:\/\/)?(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf|html)\/([^\s?#]+?)(?:v\d+)?(?:\.pdf)?\s*$/i;
const query = (asked) => (QUOTED.test(asked) ? asked : asked.replace(ARXIV, "$1").replace(/[\p{Pd}/]+/gu, " ").replace(/["“”]|\p{S}/gu, ""));
const LETTERS = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };
const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[øłđðþßæœı]/g, (letter) => LETTERS[letter])
  .replace(/[\p{Pd}/_]+/gu, " ").replace(/[^\p{L}\p{N}\s]+/gu, "");
// What is left of a word without its endings, roughly: what has its stem begins with it.
const ENDING = "s|e|y|i|es|ies|ed|ing|er|or|ly|al|ic|ity|iti|ive|iz|is|at|ion|ment|ness|ful|less|ous|ance|ence|able|ible|ant|ent|ism|ist";
const LAST = new RegExp(`(?:${ENDING})$`), ENDINGS = new RegExp(`^(?:${ENDING}){0,3}$`);
function stem(word) {
  for (let left; ; word = left) {
    left = word.replace(LAST, "");
    if (left === word || left.length < 4) return word;
  }
}

const json = async (path) => (await fetch(new URL(`pagefind/${path}`, root))).json();
// Asked for no word, Pagefind would load the whole index: every paper has this one.
const EVERY = "qqevery"; // as in search.py
const MENU = { filters: Object.fromEntries([...Object.keys(MENUS), ...Object.keys(TICKS)].map((name) => [name, ""])) };
async function ask(asked, filters) {
  const text = query(asked);
  // A search answers with the counts of the filters that are loaded: those with a menu, not ten thousand people.
  await engine.preload(text || EVERY, MENU);
  const all = await engine.search(text || EVERY, { filters });
  return text && all.results.length && !QUOTED.test(text) ? together(text, filters, await sincere(text, filters, all)) : all;
}

// Words that stand together as they were typed come first: a name is a name, and not two words of an abstract.
async function together(text, filters, all) {
  if (!/\S\s+\S/.test(text) || all.results.length < 2) return all;
  const phrase = new Set((await engine.search(`"${text.trim()}"`, { filters })).results.map((hit) => hit.id));
  const rest = all.results.filter((hit) => !phrase.has(hit.id));
  return { ...all, results: [...all.results.filter((hit) => phrase.has(hit.id)), ...rest] };
}

// For a word that an index does not have, Pagefind takes the longest word there that it begins with, and has no setting
// against it: "niranjan" finds "n". So indexes without the word, its stem or a longer one are left out. Which words an
// index has stands in the pieces that Pagefind reads for the search; what only its own stemmer knows, a phrase finds.
async function sincere(text, filters, all) {
  const asked = [...new Set(fold(text).split(/\s+/).filter((word) => /^[\w']+$/.test(word)))];
  const indexes = Object.keys(all.filters.index ?? {}).filter((index) => all.filters.index[index] && read.has(index));
  const lacking = new Map(await Promise.all(asked.map(async (word) => {
    const rough = /\d/.test(word) ? word : stem(word);
    const without = indexes.filter((index) => ![...read.get(index).get(word[0]) ?? []].some((one) => one.startsWith(rough) || (word.startsWith(one) && one.length > 2 && ENDINGS.test(word.slice(one.length)))));
    if (!without.length) return [word, without];
    const exact = (await engine.search(`"${word}"`)).filters.index ?? {};
    return [word, without.filter((index) => !exact[index])];
  })));
  // A word that none has does not stand in the way of the others: it is left out, and the answer says so.
  const absent = asked.filter((word) => lacking.get(word).length === indexes.length);
  if (absent.length && absent.length < asked.length) {
    return { ...await ask(asked.filter((word) => !absent.includes(word)).join(" "), filters), absent };
  }
  const bad = new Set([...lacking.values()].flat()), good = indexes.filter((index) => !bad.has(index));
  if (!bad.size) return all;
  return good.length ? engine.search(text, { filters: { ...filters, index: { any: good } } }) : { ...all, results: [], filters: {} };
}

// The pieces of an index come compressed: the browser unpacks them beside this script, Pagefind would do it in its way.
// On their way in, the words that they hold are noted.
const read = new Map(); // index -> first letter -> its words, as far as they were read
const bare = globalThis.fetch;
globalThis.fetch = async (resource, options) => {
  const answer = await bare(resource, options);
  const [, folder, kind] = /\/pagefind\/(.*?)(?:(?:index|filter)\/)?[^/]+\.(pf_index|pf_meta|pf_filter|pagefind)$/.exec(resource) ?? [];
  if (!kind || !answer.ok || !globalThis.DecompressionStream) return answer;
  let data = new Uint8Array(await answer.arrayBuffer());
  if (data[0] === 0x1f && data[1] === 0x8b) data = new Uint8Array(await new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  if (kind === "pf_index") {
    const index = folder || "newest";
    if (!read.has(index)) read.set(index, new Map());
    const known = read.get(index);
    for (const word of wordsOf(data)) {
      const start = word[0];
      known.has(start) ? known.get(start).add(word) : known.set(start, new Set([word]));
    }
  }
  return new Response(data);
};

// A piece is CBOR: a list in a list of words, each a list that begins with the word.
function wordsOf(data) {
  const found = [], decoder = new TextDecoder();
  let at = 12; // after Pagefind's signature
  const size = (first) => {
    let n = first & 31;
    if (n < 24) return n;
    for (let bytes = 1 << (n - 24), end = (n = 0, at + bytes); at < end; at++) n = n * 256 + data[at];
    return n;
  };
  const skip = () => {
    const first = data[at++], kind = first >> 5, n = size(first);
    if (kind === 2 || kind === 3) at += n;
    else if (kind === 4) for (let i = 0; i < n; i++) skip();
  };
  size(data[at++]);
  for (let left = size(data[at++]); left > 0; left--) {
    const parts = size(data[at++]), length = size(data[at++]);
    found.push(decoder.decode(data.subarray(at, at += length)));
    for (let i = 1; i < parts; i++) skip();
  }
  return found;
}

let loading;
const load = () => (loading ??= (async () => {
  const made = await import(new URL("pagefind/pagefind.js", root).href);
  // Without a worker: one file less, and results need not be copied from there; a search takes some ten milliseconds.
  await made.options({ noWorker: true, excerptLength: 26, mergeFilter: { index: "newest" } });
  await made.init();
  older = await json("older.json");
  engine = made;
})().catch((problem) => { loading = null; throw problem; }));

// One index a period: the newest answers first, the older ones join in while that answer is being read.
const merge = () => (merging ??= Promise.all(older.map((folder) => engine.mergeIndex(new URL(`pagefind/${folder}`, root).href, { mergeFilter: { index: folder } }))).then(() => { older = []; }));

// By what a list can be sorted stands beside the indexes, in the order of their papers.
const sortable = () => (orders ??= (async () => {
  const numbers = await json("order.json"), table = new Map();
  await Promise.all(Object.entries(numbers).map(async ([folder, { date, upvotes, score }]) => {
    (await json(`${folder}keys.json`)).forEach((key, at) => table.set(key, { date: date[at], upvotes: upvotes[at], score: score[at] }));
  }));
  return table;
})());

async function sorted(all, by) {
  if (by === "relevance") return all;
  const table = await sortable(), none = { date: 0, upvotes: 0, score: 0 };
  const of = (hit) => table.get(hit.id) ?? none;
  const inOrder = all.map((hit, at) => [hit, at]).sort(([a, i], [b, j]) => of(b)[by] - of(a)[by] || of(b).date - of(a).date || i - j).map(([hit]) => hit);
  // What a list is sorted by stands on its cards: a score is not among the facts of the index, which it would make anew.
  return by === "score" ? inOrder.map((hit) => Object.assign(hit, { points: of(hit).score })) : inOrder;
}

// Pagefind may give addresses from the server's root or from its own index: bring both under this site.
const address = (url) => new URL(url.startsWith(root.pathname) ? url : url.replace(/^\//, ""), root).href;

// An excerpt that shows no more than the title and the names do is left out.
function tells(excerpt, known) {
  return [...excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].some(([, word]) => !fold(word).split(/\s+/).every((part) => known.includes(stem(part))));
}

function show({ url, meta, excerpt: found }, points) {
  const excerpt = words(state()) && found.replace(new RegExp(`\\s*(<mark>)?${EVERY}\\W*(</mark>)?`, "g"), "");
  const facts = JSON.parse(meta.card);
  if (points) facts.score = (points / 10).toFixed(1);
  for (const [name, id] of facts.authors ?? []) names.set(id, name);
  const known = fold(`${meta.title} ${(facts.authors ?? []).map(([name]) => name).join(" ")}`);
  // Pagefind escapes an excerpt and adds only its own marks; a curator's note says more than any excerpt.
  const body = facts.note ? `<div class="note">${escape(facts.note)}</div>` : excerpt && tells(excerpt, known) ? `<p class="excerpt">… ${excerpt} …</p>` : "";
  return card({ href: address(url), title: meta.title, facts, body });
}

async function more(mine) {
  const from = shown;
  const next = await Promise.all(hits.slice(from, from + (from ? PAGE : FIRST)).map((hit) => hit.data()));
  if (mine !== turn || from !== shown) return;
  // What was found before stands until now, and who has walked into it stays there.
  const walked = from ? -1 : links().indexOf(document.activeElement);
  from ? byId("more")?.remove() : results.replaceChildren();
  results.insertAdjacentHTML("beforeend", next.map((data, at) => show(data, hits[from + at].points)).join(""));
  dispatchEvent(new Event("cards"));
  if (walked >= 0) (links()[Math.min(walked, next.length - 1)] ?? input).focus();
  shown += next.length;
  people();
  if (shown < hits.length) {
    results.insertAdjacentHTML("beforeend", `<p id="more"><button type="button">Show more of ${number(hits.length)}</button></p>`);
    byId("more").firstChild.addEventListener("click", async () => { await more(turn); results.children[shown - PAGE]?.querySelector("a")?.focus(); });
  }
}

// Names to choose from: those of the results that are shown. Any other may be typed.
function people() {
  byId("names")?.replaceChildren(...[...new Set(names.values())].sort((a, b) => a.localeCompare(b)).map((name) => new Option(name)));
  const now = state().get("author"), box = filters.querySelector("[name=author]");
  if (now && box && box !== document.activeElement) box.value = names.get(now) ?? box.value;
}

const change = (name, value) => {
  const next = state();
  value ? next.set(name, value) : next.delete(name);
  if (next.get("sort") === usual(next) && [...next.keys()].length > 1) next.delete("sort");
  remember(next, true);
  run().then(() => filters.querySelector(`[name=${name}]`)?.focus());
};

function field(label, control, name) {
  const box = document.createElement("label");
  control.name = name;
  box.append(...(control.type === "checkbox" ? [control, ` ${label}`] : [label, control]));
  return box;
}

function menu(name, label, options, now) {
  const select = document.createElement("select");
  select.append(...options.map(([value, text]) => new Option(text, value, false, value === now)));
  select.addEventListener("change", () => change(name, select.value));
  return field(label, select, name);
}

// A menu has the most frequent values that still match, and what is chosen.
function offer(counted, params) {
  const parts = [menu("sort", "Sort by", Object.entries(ORDERS).filter(([value]) => value !== "relevance" || words(params)), order(params))];
  for (const [name, label] of Object.entries(MENUS)) {
    const now = params.get(name);
    let values = Object.entries(counted?.[name] ?? {}).filter(([value, n]) => n > 0 || value === now);
    if (!values.length && !now) continue;
    values.sort(name === "year" ? (a, b) => b[0].localeCompare(a[0]) : (a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
    values = values.slice(0, 60);
    if (now && !values.some(([value]) => value === now)) values.unshift([now, 0]);
    parts.push(menu(name, label, [["", "any"], ...values.map(([value, n]) => [value, `${value} (${number(n)})`])], now));
  }
  const who = document.createElement("input"), list = document.createElement("datalist"), now = params.get("author");
  Object.assign(who, { type: "text", placeholder: "any", value: now ? names.get(now) ?? now : "", autocomplete: "off" });
  who.setAttribute("list", "names");
  list.id = "names";
  who.addEventListener("change", () => {
    const typed = who.value.trim();
    const ids = [...names].filter(([, name]) => name.toLowerCase() === typed.toLowerCase()).map(([id]) => id);
    change("author", ids.length === 1 ? ids[0] : slug(typed));
  });
  parts.push(field("Author", who, "author"), list);
  const ticks = Object.entries(TICKS).filter(([name]) => counted?.[name]?.yes || params.get(name)).map(([name, label]) => {
    const tick = document.createElement("input"), n = counted?.[name]?.yes ?? 0;
    Object.assign(tick, { type: "checkbox", checked: params.get(name) === "yes" });
    tick.addEventListener("change", () => change(name, tick.checked ? "yes" : ""));
    return field(`${label} (${number(n)})`, tick, name);
  });
  parts.push(...ticks);
  const chosen = FILTERS.filter((name) => params.get(name)).length;
  if (chosen) {
    const clear = document.createElement("button");
    Object.assign(clear, { type: "button", textContent: "Clear the filters" });
    clear.addEventListener("click", () => {
      const next = state();
      FILTERS.forEach((name) => next.delete(name));
      remember(next, true);
      run();
      input.focus();
    });
    parts.push(clear);
  }
  filters.replaceChildren(...parts);
  byId("narrow").firstElementChild.textContent = chosen ? `Sort and narrow (${chosen} chosen)` : "Sort and narrow";
}

// Nothing has all the words: which of them would find something, and which filter stands in the way?
async function instead(params, mine) {
  const ways = [], all = words(params), each = [...new Set(all.replace(/["“”]/g, " ").split(/\s+/).filter(Boolean))];
  const one = (changes) => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name);
    return next;
  };
  if (/["“”]/.test(all)) ways.push([`the words without quotation marks`, one({ q: each.join(" ") })]);
  for (const name of FILTERS.filter((name) => params.get(name))) ways.push([`without “${(MENUS[name] ?? TICKS[name] ?? "author").toLowerCase()}”`, one({ [name]: "" })]);
  if (each.length > 1) for (const word of each.slice(0, 5)) ways.push([`only “${word}”`, one({ q: word })]);
  const offers = await Promise.all(ways.map(async ([label, next]) => [label, next, (await ask(words(next), narrow(next))).results.length]));
  if (mine !== turn) return;
  const useful = offers.filter(([, , n]) => n);
  if (useful.length) results.innerHTML = `<ul class="lines">${useful.map(([label, next, n]) => `<li><a href="?${escape(next)}">Try ${escape(label)}</a> <span class="meta"><span>${number(n)} ${n === 1 ? "paper" : "papers"}</span></span></li>`).join("")}</ul>`;
}

async function run() {
  const mine = ++turn, params = state(), asked = words(params), chosen = narrow(params);
  if (!asked && !Object.keys(chosen).length && !params.get("sort")) {
    sum.textContent = "";
    found.hidden = true;
    hint.hidden = false;
    return;
  }
  results.setAttribute("aria-busy", "true");
  let search;
  try {
    await load();
    if (order(params) !== "relevance" && older.length) await merge();
    search = await ask(asked, chosen);
    search.results = await sorted(search.results, order(params));
  } catch (problem) {
    sum.textContent = "The index could not be read. Try again in a moment, or go by topic, author or day.";
    hint.hidden = false;
    console.warn(problem);
    engine?.destroy();
    engine = loading = merging = null; // another try begins anew
    return;
  }
  if (mine !== turn) return;
  hits = search.results;
  shown = 0;
  offer(search.filters, params);
  found.hidden = false;
  hint.hidden = hits.length > 0 || older.length > 0;
  sum.textContent = older.length ? "Looking further back …" : hits.length ? `${number(hits.length)} ${hits.length === 1 ? "paper" : "papers"}${search.absent ? `; none has ${search.absent.map((word) => `“${word}”`).join(" or ")}` : ""}`
    : `No paper has ${asked ? `“${asked.replace(/^["“”\s]+|["“”\s]+$/g, "")}”` : "all of these"}. Fewer or other words may find it${Object.keys(chosen).length ? ", or a filter less" : ""}.`;
  await more(mine);
  if (older.length && mine === turn) {
    await merge().catch((problem) => { older = []; console.warn(problem); });
    if (mine === turn) await run();
    return;
  }
  if (!hits.length && mine === turn) await instead(params, mine);
  if (mine === turn) results.setAttribute("aria-busy", "false");
}

const links = () => [...results.querySelectorAll("h3 a, .lines a")];

function fromAddress() { input.value = state().get("q") ?? ""; return run(); }

let timer;
const typed = () => {
  clearTimeout(timer);
  const params = state(), text = input.value.trim();
  text ? params.set("q", text) : params.delete("q");
  if (!text && params.get("sort") === "relevance") params.delete("sort");
  remember(params, false);
  return run();
};
input.addEventListener("focus", () => load().catch(() => {}), { once: true });
input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(typed, WAIT);
  if (input.value.trim()) engine?.preload(query(input.value.trim())).catch(() => {}); // what it will read is on its way meanwhile
});
input.form.addEventListener("submit", (event) => { event.preventDefault(); typed(); });
addEventListener("popstate", fromAddress);

// Down leads from the words into the results, up leads back.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const all = links(), at = all.findIndex((link) => link.closest("article, li").contains(document.activeElement));
  if (!all.length || (at < 0 && document.activeElement !== input)) return;
  event.preventDefault();
  const to = at + (event.key === "ArrowDown" ? 1 : -1);
  (to < 0 ? input : all[Math.min(to, all.length - 1)]).focus();
});
const wide = matchMedia("(min-width: 60em)"), unfold = () => { byId("narrow").open = wide.matches; };
wide.addEventListener("change", unfold);
unfold();
if (found.dataset.papers === "0") {
  input.disabled = true; // there is no index
  sum.textContent = "This digest has no papers to search yet.";
} else {
  // What was typed before this script came stays.
  input.value.trim() && !words(state()) ? typed() : fromAddress();
  if (!input.value && !location.search && matchMedia("(hover: hover)").matches) input.focus();
}
