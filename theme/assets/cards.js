// A paper's card as the pages show it, made from facts: for results of a search and for the reading list.
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
export const root = new URL("..", import.meta.url);
export const number = new Intl.NumberFormat("en").format;
// Facts may come from strangers: whatever becomes HTML goes through here.
export const escape = (text) => String(text ?? "").replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
export const day = (text) => {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? "") ?? [];
  return year ? `${+date} ${MONTHS[month - 1]} ${year}` : String(text ?? "");
};
const safe = (href) => (/^https?:\/\//i.test(href ?? "") ? href : null);
const link = (folder, id, text, extra = "") => `<a${extra} href="${escape(new URL(`${folder}/${encodeURIComponent(id)}/`, root).href)}">${escape(text)}</a>`;
const votes = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

// facts: what search.py calls a card. body: HTML between the names and the quiet line.
export function card({ href, title, facts, body = "" }) {
  const { authors = [], topics = [] } = facts;
  const names = authors.map(([name, id]) => (id ? link("authors", id, name) : escape(name))).join(", ")
    + (facts.count > authors.length ? ` <span class="et">and ${number(facts.count - authors.length)} more</span>` : "");
  const category = facts.category && ` class="cat" style="--hue:${Number(facts.hue) || 0}"`;
  const line = [
    facts.picked && "<b>pick</b>",
    category && (facts.page ? link("categories", facts.category, facts.category, category) : `<span${category}>${escape(facts.category)}</span>`),
    facts.date && `<time datetime="${escape(facts.date)}">${escape(day(facts.date))}</time>`,
    facts.organization && `<span>${escape(facts.organization)}</span>`,
    ...topics.map(([id, name]) => link("topics", id, name)),
    safe(facts.code) && `<a class="code" href="${escape(facts.code)}">code</a>`,
    facts.upvotes && `<span title="${facts.as_of ? `as of ${escape(day(facts.as_of))}` : ""}">${votes(facts.upvotes, "upvote")}</span>`,
    facts.score && `<span>score ${escape(facts.score)}</span>`,
  ];
  return `<article class="card row"><h3><a href="${escape(href)}">${escape(title)}</a></h3>`
    + (facts.withdrawn ? `<p class="flag">Withdrawn by its authors</p>` : "")
    + (names ? `<div class="by">${names}</div>` : "") + body
    + `<p class="meta">${line.filter(Boolean).join("")}</p></article>`;
}
