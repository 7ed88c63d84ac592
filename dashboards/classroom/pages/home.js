// The start page: a code leads to its room.
import { byId, loadTexts, request } from "./core.js";

await loadTexts();
byId("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("error").textContent = "";
  try {
    const room = await request("/class/api/look", { body: { code: byId("code").value } });
    location.assign(`/class/r/${encodeURIComponent(room.code)}`);
  } catch (error) {
    byId("error").textContent = error.message;
    byId("code").focus();
  }
});
