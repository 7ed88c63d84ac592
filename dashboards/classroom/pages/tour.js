// The guided tour: one chapter at a time; in the first two, a lesson of one's own runs beside the text.
import { ask, kept, loadWords, part, say } from "./core.js";

await loadWords();
const chapters = [...document.querySelectorAll("main section")];
const frame = part("lesson");
const LESSON = { scenario: "two-states", seat: "alba", seed: 7, rounds: 48, months: 4, bets: [0, 3], advisor: true };

function show(focus) {
  const now = chapters.find((each) => `#${each.id}` === location.hash) || chapters[0];
  for (const each of chapters) each.hidden = each !== now;
  for (const link of part("chapters").querySelectorAll("a")) {
    if (link.hash === `#${now.id}`) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
  frame.hidden = !frame.src || !["play", "bet"].includes(now.id);
  if (focus) now.focus();
}

for (const button of document.querySelectorAll("[data-lesson]")) {
  button.addEventListener("click", async () => {
    const fault = button.closest("section").querySelector(".fault");
    fault.textContent = "";
    try {
      let code = kept.get("detente-tour", sessionStorage);
      if (!code) {
        const got = await ask("/class/api/solo", { body: { ...LESSON, name: say("solo.you") } });
        code = got.code;
        kept.set("detente-tour", code, sessionStorage);
      }
      if (!frame.src) frame.src = `/class/r/${encodeURIComponent(code)}`;
      frame.hidden = false;
      frame.focus();
    } catch (refused) {
      kept.drop("detente-tour", sessionStorage);
      fault.textContent = refused.message;
    }
  });
}

addEventListener("hashchange", () => show(true));
show(false);
