// The guided tour: one chapter at a time. In the first two, a lesson runs beside the text.
import { byId, loadTexts, request, storage, t } from "./core.js";

await loadTexts();
const chapters = [...document.querySelectorAll("main section")];
const frame = byId("lesson");
const LESSON = { scenario: "two-states", seat: "alba", seed: 7, rounds: 48, months: 4, bets: [0, 3], advisor: true };

function show(focus) {
  const now = chapters.find((each) => `#${each.id}` === location.hash) || chapters[0];
  for (const each of chapters) each.hidden = each !== now;
  for (const link of byId("chapters").querySelectorAll("a")) {
    if (link.hash === `#${now.id}`) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
  frame.hidden = !frame.src || !["play", "forecast"].includes(now.id);
  if (focus) now.focus();
}

for (const button of document.querySelectorAll("[data-lesson]")) {
  button.addEventListener("click", async () => {
    const error = button.closest("section").querySelector(".error");
    error.textContent = "";
    try {
      let code = storage.get("detente-tour", sessionStorage);
      if (!code) {
        const got = await request("/class/api/solo", { body: { ...LESSON, name: t("solo.you") } });
        code = got.code;
        storage.set("detente-tour", code, sessionStorage);
      }
      if (!frame.src) frame.src = `/class/r/${encodeURIComponent(code)}`;
      frame.hidden = false;
      frame.focus();
    } catch (failure) {
      storage.drop("detente-tour", sessionStorage);
      error.textContent = failure.message;
    }
  });
}

addEventListener("hashchange", () => show(true));
show(false);
