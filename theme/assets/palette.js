// Before anything is drawn, so that a dark page never flashes white; a file, because in every page it would weigh 8 MB.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("palette"); } catch { /* not remembered then */ }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mdColorScheme = dark ? "slate" : "default";
})();
