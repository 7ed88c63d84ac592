// Role cards to print, one on a sheet; they hold private facts, so they want the instructor's key.
import { call, roleCard } from "./board.js";
import { ask, el, kept, loadWords, part } from "./core.js";

const code = decodeURIComponent(location.pathname.split("/").pop()).toUpperCase();
await loadWords();

async function show() {
  const key = kept.get("detente-key", sessionStorage);
  part("enter").hidden = Boolean(key);
  if (!key) return;
  try {
    const found = await ask(`/class/api/rooms/${encodeURIComponent(code)}/cards`, { who: { Authorization: `Instructor ${key}` } });
    call(found);
    part("print").hidden = false;
    part("cards").replaceChildren(...found.cards.map((card) => el("article", { class: "card" }, roleCard(card))));
  } catch (refused) {
    part("fault").textContent = refused.message;
    if (refused.status === 401) { kept.drop("detente-key", sessionStorage); part("enter").hidden = false; }
  }
}

part("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  part("fault").textContent = "";
  kept.set("detente-key", part("key").value.trim(), sessionStorage);
  show();
});
part("print").addEventListener("click", () => print());
show();
