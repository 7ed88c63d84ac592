// Adds what Solara's page lacks and Python cannot set: language, zoom, a theme that follows the system
// (Solara's template has no such variant), a name for the theme button, and a loader for chart scripts.
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
    button.title = "Theme: dark, light or system";
    button.setAttribute("aria-label", button.title);
  }
}).observe(document.documentElement, { childList: true, subtree: true });

// Load a script (ours or Plotly) once per page: `detLoad("line_chart.js").then(() => ...)`.
const loaded = {};
window.detLoad = (name) => {
  loaded[name] = loaded[name] || new Promise((done, failed) => {
    const script = document.createElement("script");
    const define = window.define; // if requirejs is present, Plotly's script does not set window.Plotly
    const settle = (then) => (event) => { window.define = define; then(event); };
    window.define = undefined;
    script.src = (window.solara ? window.solara.rootPath : "") + "/static/assets/" + name;
    script.onload = settle(done);
    script.onerror = settle(failed);
    document.head.appendChild(script);
  });
  return loaded[name];
};
