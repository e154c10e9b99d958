// Conveniences; every page can be read without them.
(() => {
  const root = document.documentElement, find = (s, from = document) => from.querySelector(s), all = (s) => [...document.querySelectorAll(s)];
  const home = new URL("..", document.currentScript.src);
  const file = location.protocol === "file:";

  // Light, dark, or as the system says
  const button = find("#palette"), dark = matchMedia("(prefers-color-scheme: dark)");
  const choices = ["auto", "light", "dark"];
  const stored = () => { try { return localStorage.getItem("palette"); } catch { return null; } };
  let choice = choices.includes(stored()) ? stored() : "auto";
  const paint = () => {
    root.dataset.mdColorScheme = choice === "dark" || (choice === "auto" && dark.matches) ? "slate" : "default";
    if (!button) return;
    button.hidden = false;
    button.dataset.now = choice;
    button.title = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" }[choice];
    button.setAttribute("aria-label", button.title);
  };
  button?.addEventListener("click", () => {
    choice = choices[(choices.indexOf(choice) + 1) % 3];
    try { localStorage.setItem("palette", choice); } catch { /* not remembered then */ }
    paint();
  });
  dark.addEventListener("change", paint);
  paint();

  // From disk no server turns an address that ends in "/" into its index.html
  const onDisk = (href) => {
    const url = new URL(href, location.href);
    if (file && url.protocol === "file:" && url.pathname.endsWith("/")) url.pathname += "index.html";
    return url.href;
  };
  const go = (href) => { location.href = onDisk(href); };
  if (file) {
    const rewrite = (event) => {
      const link = event.target.closest?.("a[href]");
      if (link) link.href = onDisk(link.href);
    };
    for (const name of ["click", "auxclick", "focusin", "pointerover"]) document.addEventListener(name, rewrite, true);
    for (const form of all("form")) form.action = onDisk(form.action);
  }

  // Pages with a script of their own; it is a module, which browsers do not load from disk
  for (const [place, name, script] of [["#found", "Search", "search"], ["#saved", "The reading list", "reading"]]) {
    if (!find(place)) continue;
    if (file) find("#sum").textContent = `${name} needs a server: open the published site, or run “digest serve”.`;
    else import(new URL(`assets/${script}.js`, home).href);
  }

  // Search from every page: where there is room, the way there becomes the box itself, in the same place
  const toSearch = find(".top nav a[href$='search/']:not([aria-current])");
  if (toSearch && matchMedia("(min-width: 60em)").matches) {
    const box = document.createElement("form");
    Object.assign(box, { className: "quick", action: onDisk(toSearch.href), innerHTML: `<input name="q" type="search" placeholder="Search" aria-label="Search" title="Words, a name, an arXiv id">` });
    box.setAttribute("role", "search");
    toSearch.replaceWith(box);
  }

  // What is kept in this browser: under the site's path, because sites share a host
  const key = (name) => `digest:${home.pathname}:${name}`;
  const kept = (name, none, store = localStorage) => { try { return JSON.parse(store.getItem(key(name))) ?? none; } catch { return none; } };
  const keep = (name, value, store = localStorage) => { try { store.setItem(key(name), JSON.stringify(value)); return true; } catch { return false; } };
  const element = (tag, properties, ...inside) => { const made = Object.assign(document.createElement(tag), properties); made.append(...inside); return made; };
  const last = (href) => decodeURIComponent(new URL(href, location).pathname.replace(/index\.html$/, "").split("/").at(-2) ?? "");

  // The reading list. "facts" are those of cards.js, read off the page
  const facts = (box) => {
    const title = box.matches(".paper") ? find("h1", box) : find("h3 a", box) ?? find("a", box), date = find("time", box)?.dateTime ?? find(".head h1 time")?.dateTime;
    const people = [...box.querySelectorAll(".by a[href*='authors/']")].map((a) => [a.textContent, last(a.href)]);
    const hidden = Number((find(".by .et summary", box)?.textContent ?? "").replace(/\D/g, "")), category = find(".cat", box);
    return {
      address: box.matches(".paper") ? last(location.href) : last(title.href), title: title.textContent, date,
      authors: people.slice(0, 3), count: Math.max(people.length, hidden && hidden + 3), category: category?.textContent,
      hue: parseInt(category?.style.getPropertyValue("--hue")) || 0, page: category?.matches("a") ?? false,
      topics: [...box.querySelectorAll(".meta a[href*='topics/']")].map((a) => [last(a.href), a.textContent]), code: find(".code", box)?.href,
    };
  };
  const list = () => { const papers = kept("list", []); return Array.isArray(papers) ? papers.filter((paper) => paper?.address) : []; };
  const save = (papers) => { if (!keep("list", papers)) toast("This browser keeps nothing for this site, so nothing was saved."); dispatchEvent(new Event("saved")); };
  let told;
  const toast = (text) => {
    find(".toast")?.remove();
    document.body.append(element("p", { className: "toast", role: "status", textContent: text }));
    clearTimeout(told);
    told = setTimeout(() => find(".toast")?.remove(), 4000);
  };
  const toggle = (box) => {
    const paper = facts(box), papers = list(), others = papers.filter((one) => one.address !== paper.address);
    save(others.length < papers.length ? others : [{ ...paper, saved: new Date().toISOString().slice(0, 10) }, ...papers]);
  };
  const saveButtons = () => {
    for (const box of all(".card, .head.paper")) {
      if (box.closest("#saved") || find(".save", box)) continue;
      const line = box.matches(".paper") ? find(".links", box) ?? box.appendChild(element("p", { className: "links" })) : find(".meta", box);
      const button = element("button", { type: "button", className: "save" });
      button.addEventListener("click", () => toggle(box));
      const after = find(":scope > span", line);
      if (box.matches(".paper") && after) after.before(button);
      else line?.append(button);
    }
    showSaved();
  };
  const showSaved = () => {
    const papers = list(), addresses = new Set(papers.map((paper) => paper.address)), unread = papers.filter((paper) => !paper.read).length;
    for (const button of all(".save")) {
      const box = button.closest(".card, .paper"), title = (find("h3 a", box) ?? find("h1", box)), on = addresses.has(box.matches(".paper") ? last(location.href) : last(title.href));
      button.textContent = on ? "saved" : "save";
      button.setAttribute("aria-pressed", on);
      button.setAttribute("aria-label", `${button.textContent}: ${title.textContent}`);
    }
    const nav = find(".top nav"), there = find("[data-list]", nav ?? document);
    if (!nav || (!there && !papers.length)) return;
    const way = there ?? nav.appendChild(element("a", { href: onDisk(new URL("reading-list/", home)) }));
    way.dataset.list = "";
    way.textContent = unread ? `Saved ${unread}` : "Saved";
    if (find("#saved")) way.setAttribute("aria-current", "page");
  };
  addEventListener("cards", saveButtons);
  for (const name of ["saved", "storage"]) addEventListener(name, showSaved);
  saveButtons();

  // New is what came since the last visit, and stays new while this tab is open
  const seen = kept("seen", null), since = kept("since", null, sessionStorage) ?? seen, today = root.classList.contains("k-home") && find(".head h1 time")?.dateTime;
  const markNew = (box) => find(".meta", box)?.prepend(element("b", { className: "new", textContent: "new" }));
  const papersHere = () => all(".card h3 a").map((a) => last(a.href));
  if (since?.day) {
    for (const box of all(".card, .lines > li")) {
      const date = find("time", box)?.dateTime ?? (box.matches(".card") && today);
      if (date && (date > since.day || (date === since.day && today && box.matches(".card") && !since.papers?.includes(last(find("h3 a", box).href))))) markNew(box);
    }
    const days = [...new Map(all(".cal td a, .recent a").map((a) => [last(a.href), a.href]))].filter(([day]) => /^\d{4}-\d\d-\d\d$/.test(day) && day > since.day).sort().reverse();
    for (const cell of all(".cal td a")) cell.classList.toggle("n", last(cell.href) > since.day);
    if (today && days.length) {
      const name = (day) => new Date(`${day}T00:00Z`).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
      const line = element("p", { className: "meta since" }, element("span", { textContent: `New since your last visit: ${days.length} day${days.length === 1 ? "" : "s"}` }));
      line.append(...days.slice(0, 6).map(([day, href]) => element("a", { href: onDisk(href), textContent: name(day) })));
      find(".head").append(line);
    }
  }
  if (today) {
    if (seen) keep("since", since, sessionStorage);
    else keep("since", {}, sessionStorage);
    keep("seen", { day: today, papers: papersHere() });
  }

  // What is written to be copied: BibTeX, commands
  const copied = async (text, button) => {
    try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch { button.textContent = "Press Ctrl+C"; }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  for (const block of all(".md-typeset pre")) {
    const button = element("button", { type: "button", className: "copy", textContent: "Copy" }), box = element("div", { className: "copybox" });
    button.addEventListener("click", () => { getSelection().selectAllChildren(block); copied(block.textContent.trim(), button); });
    block.before(box);
    box.append(block, button);
  }

  // The words of an address that leads nowhere
  const lost = find("#lost input");
  if (lost && !lost.value) {
    const path = decodeURI(location.pathname).slice(home.pathname.length);
    lost.value = path.replace(/^(papers|authors|topics|categories|days|weeks|months|a-z)\//, "").replace(/index\.html$/, "").replace(/[^\p{L}\p{N}.]+/gu, " ").trim();
  }

  // A text selected in an abstract is not a click to fold it
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".abs[open] summary") && String(getSelection())) event.preventDefault();
  });

  // Citations of many papers are compressed; reference managers want them as they are
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[href$='.ris.gz'], a[href$='.csl.json.gz']");
    if (!link || file || !window.DecompressionStream || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw answer.status;
      let data = await answer.blob();
      const start = new Uint8Array(await data.slice(0, 2).arrayBuffer());
      // Some servers unpack by themselves
      if (start[0] === 0x1f && start[1] === 0x8b) data = await new Response(data.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
      const [, folder = "papers", suffix] = /(?:([^/]+)\/)?papers(\.[a-z.]+)\.gz$/.exec(new URL(link.href).pathname);
      const href = URL.createObjectURL(new Blob([data]));
      Object.assign(document.createElement("a"), { href, download: folder + suffix }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60000);
    } catch { location.href = link.href; }
  });

  // What scrolls sideways can be scrolled by keyboard
  for (const wide of all(".md-typeset pre, .md-typeset table")) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;

  // Keys
  const keys = [["j / k", "next and previous paper"], ["o", "open the paper"], ["x", "unfold its abstract"], ["s", "save it to the reading list"], ["/", "search"], ["← / →", "day before and after"], ["?", "this help"]];
  let help;
  const showHelp = () => {
    if (!help) {
      help = document.createElement("dialog");
      help.className = "helpbox";
      help.setAttribute("aria-labelledby", "keys");
      help.innerHTML = `<h2 id="keys">Keys</h2><dl>${keys.map(([k, t]) => `<dt><kbd>${k}</kbd></dt><dd>${t}</dd>`).join("")}</dl><form method="dialog"><button>Close</button></form>`;
      document.body.append(help);
    }
    help.showModal();
  };
  const papers = () => all(".card h3 a, .md-typeset > .lines > li > a");
  const current = () => document.activeElement?.closest?.(".card, .lines > li");
  const step = (by) => {
    const links = papers();
    if (!links.length) return;
    const here = current();
    let at = here ? links.findIndex((link) => here.contains(link)) : -1;
    if (at < 0 && by < 0) return;
    at = Math.max(0, Math.min(links.length - 1, at + by));
    links[at].focus({ preventScroll: true });
    (links[at].closest(".card, li") ?? links[at]).scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")) {
      if (event.key === "Escape" && event.target.closest(".quick")) event.target.blur();
      return;
    }
    const link = (rel) => find(`a[rel=${rel}]`);
    const open = current()?.querySelector("a");
    switch (event.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "o": if (open) go(open.href); break;
      case "x": { const fold = current()?.querySelector(".abs"); if (fold) fold.open = !fold.open; break; }
      case "s": { const box = current()?.closest(".card") ?? find(".head.paper"); if (box && !box.closest("#saved")) toggle(box); break; }
      case "ArrowLeft": if (!link("prev")) return; go(link("prev").href); break;
      case "ArrowRight": if (!link("next")) return; go(link("next").href); break;
      case "/": { const box = find("input[type=search]"); if (box) { box.focus(); box.select(); } else go(new URL("search/", home)); break; }
      case "?": showHelp(); break;
      default: return;
    }
    event.preventDefault();
  });
})();
