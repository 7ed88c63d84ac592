// What Solara's own page lacks and Python cannot reach: language, zoom, a theme that follows the
// system (its template has no such variant), a name for the theme button, and scripts for those parts that draw.
document.documentElement.lang = "en";
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";

if (!localStorage.getItem(":solara:theme.variant")) {
  theme.variant = "auto";
  appContainer.classList.toggle("theme--dark", inDarkMode());
  appContainer.classList.toggle("theme--light", !inDarkMode());
  changeThemeCSS(inDarkMode() ? "dark" : "light");
}

new MutationObserver(() => {
  const button = document.querySelector(".det-header .v-btn:not([aria-label])");
  if (button) {
    button.title = "Theme: dark, light or as the system";
    button.setAttribute("aria-label", button.title);
  }
}).observe(document.documentElement, { childList: true, subtree: true });

// A script of ours or Plotly, loaded once for all parts of a page: `detLoad("line_chart.js").then(() => ...)`.
const loaded = {};
window.detLoad = (name) => {
  loaded[name] = loaded[name] || new Promise((done, failed) => {
    const script = document.createElement("script");
    const define = window.define; // with requirejs about, Plotly's script would not set window.Plotly
    const settle = (then) => (event) => { window.define = define; then(event); };
    window.define = undefined;
    script.src = (window.solara ? window.solara.rootPath : "") + "/static/assets/" + name;
    script.onload = settle(done);
    script.onerror = settle(failed);
    document.head.appendChild(script);
  });
  return loaded[name];
};
