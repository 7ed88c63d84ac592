// What Solara's own page lacks and Python cannot reach: language, zoom, a theme that follows the
// system (its template has no such variant), and a name for the theme button.
document.documentElement.lang = "en";
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";

if (!localStorage.getItem(":solara:theme.variant")) {
  theme.variant = "auto";
  appContainer.classList.toggle("theme--dark", inDarkMode());
  appContainer.classList.toggle("theme--light", !inDarkMode());
  changeThemeCSS(inDarkMode() ? "dark" : "light");
}

new MutationObserver(() => {
  const button = document.querySelector(".det-header button:not([aria-label])");
  if (button) {
    button.title = "Theme: dark, light or as the system";
    button.setAttribute("aria-label", button.title);
  }
}).observe(document.documentElement, { childList: true, subtree: true });
