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

  // The search page's own script; it is a module, which browsers do not load from disk
  if (find("#found")) {
    if (file) find("#sum").textContent = "Search needs a server: open the published site, or run “digest serve”.";
    else import(new URL("assets/search.js", home).href);
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

  // What scrolls sideways can be scrolled by keyboard
  for (const wide of all(".md-typeset pre, .md-typeset table")) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;

  // The dots of the year say which day they are
  for (const list of all(".dots")) {
    list.addEventListener("pointerover", (event) => {
      const dot = event.target.closest("a:not(.m)");
      if (dot && !dot.title) dot.title = dot.pathname.match(/\d{4}-\d\d-\d\d/)?.[0] ?? "";
    });
  }

  // Keys
  const keys = [["j / k", "next and previous paper"], ["o", "open the paper"], ["x", "unfold its abstract"], ["/", "search"], ["← / →", "day before and after"], ["?", "this help"]];
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
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
    const link = (rel) => find(`a[rel=${rel}]`);
    const open = current()?.querySelector("a");
    switch (event.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "o": if (open) go(open.href); break;
      case "x": { const fold = current()?.querySelector(".abs"); if (fold) fold.open = !fold.open; break; }
      case "ArrowLeft": if (!link("prev")) return; go(link("prev").href); break;
      case "ArrowRight": if (!link("next")) return; go(link("next").href); break;
      case "/": { const box = find("input[type=search]"); if (box) { box.focus(); box.select(); } else go(new URL("search/", home)); break; }
      case "?": showHelp(); break;
      default: return;
    }
    event.preventDefault();
  });
})();
