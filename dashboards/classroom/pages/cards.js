// Role cards to print, one to a page. They contain private facts, so they need the instructor key.
import { roleCard, setNames } from "./board.js";
import { byId, el, loadTexts, request, storage } from "./core.js";

const code = decodeURIComponent(location.pathname.split("/").pop()).toUpperCase();
await loadTexts();

async function show() {
  const key = storage.get("detente-key", sessionStorage);
  byId("enter").hidden = Boolean(key);
  if (!key) return;
  try {
    const found = await request(`/class/api/rooms/${encodeURIComponent(code)}/cards`, { auth: { Authorization: `Instructor ${key}` } });
    setNames(found);
    byId("print").hidden = false;
    byId("cards").replaceChildren(...found.cards.map((card) => el("article", { class: "card" }, roleCard(card))));
  } catch (error) {
    byId("error").textContent = error.message;
    if (error.status === 401) { storage.drop("detente-key", sessionStorage); byId("enter").hidden = false; }
  }
}

byId("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("error").textContent = "";
  storage.set("detente-key", byId("key").value.trim(), sessionStorage);
  show();
});
byId("print").addEventListener("click", () => print());
show();
