// The way in: a code leads to its room; nothing is taken by looking.
import { ask, loadWords, part } from "./core.js";

await loadWords();
part("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  part("fault").textContent = "";
  try {
    const room = await ask("/class/api/look", { body: { code: part("code").value } });
    location.assign(`/class/r/${encodeURIComponent(room.code)}`);
  } catch (refused) {
    part("fault").textContent = refused.message;
    part("code").focus();
  }
});
