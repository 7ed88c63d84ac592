// What all pages of the classroom share: words, building elements (text only, never markup), and asking the server.

const root = document.documentElement;
export const LANGUAGE = root.lang;
let words = {};

/** Load the words of this page's language; everything else waits for it. */
export async function loadWords() {
  const answer = await fetch(root.dataset.words);
  words = await answer.json();
  setTimeout(() => { document.getElementById("content").inert = false; }); // once the page's script listens to its forms
}

/** Say whether there are words for a key. */
export const known = (key) => key in words;

const plain = (options) => new Intl.NumberFormat(LANGUAGE, options);
const NUMBER = plain({ maximumFractionDigits: 2 });
const WHOLE = plain({ maximumFractionDigits: 0 });
const SHARE = plain({ style: "percent", maximumFractionDigits: 0 });
const SIGNED = plain({ style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" });
export const number = (value) => NUMBER.format(value);
export const share = (value) => SHARE.format(value);
export const change = (value) => SIGNED.format(value);

/** Write a span of seconds as minutes and seconds, in the digits of the language. */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = plain({ minimumIntegerDigits: 2, maximumFractionDigits: 0 });
  return `${WHOLE.format(Math.floor(whole / 60))}:${two.format(whole % 60)}`;
}

/** What a text says in this language, else in English; the classroom's own translation of a scenario comes first. */
export function written(text, key = "") {
  if (key && words[key]) return words[key];
  if (text === null || text === undefined) return "";
  return typeof text === "string" ? text : text[LANGUAGE] || text.en || Object.values(text)[0] || "";
}

/**
 * Say the words of a key. `{name}` is replaced by what `values` holds for it; `{name:share}` and `{name:change}`
 * write a number from 0 to 1 as a percentage. A key without words is shown as it is, so that it is noticed.
 */
export function say(key, values = {}) {
  const text = words[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)(?::(\w+))?\}/g, (whole, name, form) => {
    const value = values[name];
    if (value === undefined || value === null) return whole;
    if (typeof value !== "number") return isolated(String(value));
    return form === "share" ? share(value) : form === "change" ? change(value) : number(value);
  });
}

const AGAINST = document.dir === "rtl" ? /[A-Za-z]/ : /[\u0590-\u08ff]/;

/** Keep a name that runs the other way together within a sentence. */
const isolated = (text) => (AGAINST.test(text) ? `\u2068${text}\u2069` : text);

/** Build an element: properties, `data-` and `aria-` attributes, `on` handlers, then children; strings become text. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name in made && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** Build an element of a drawing. */
export function shape(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Find an element of the page by its id. */
export const part = (id) => document.getElementById(id);

const drawn = new WeakMap();
const folds = new Map(); // by `data-fold`, whether it is open

/** Fill a part of the page anew if what it shows has changed; the focus and what was opened in it stay. */
export function fill(place, shows, build) {
  const now = JSON.stringify(shows);
  if (drawn.get(place) === now) return false;
  drawn.set(place, now);
  const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const folded = () => place.querySelectorAll("[data-fold]");
  for (const each of folded()) folds.set(each.dataset.fold, each.open); // its toggle event may still be on its way
  place.replaceChildren(...[build(shows)].flat().filter(Boolean));
  for (const each of folded()) each.open = folds.get(each.dataset.fold) ?? each.open;
  if (key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  return true;
}

/** Forget what a part shows, so that it is drawn anew. */
export const stale = (place) => drawn.delete(place);

/** Tell screen readers, and whoever looks at the top of the page. */
export function announce(text) {
  part("news").textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { part("news").textContent = ""; }, 12_000);
}
let fading = 0;

/** What went wrong, in the server's code and in words. */
export class Refusal extends Error {
  constructor(status, error, rest = {}) {
    super(known(`fault.${error.code}`) ? say(`fault.${error.code}`, error.params || {}) : error.text || error.code);
    Object.assign(this, { status, code: error.code, params: error.params || {}, rest });
  }
}

/** Ask the server; raises Refusal if it says no, or if it cannot be reached. `who` holds the headers that tell who asks. */
export async function ask(path, { body, who, method, ...more } = {}) {
  const headers = { ...who };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const how = { method: method || (body === undefined ? "GET" : "POST"), headers, cache: "no-store", ...more };
  let answer, said;
  try {
    answer = await fetch(path, body === undefined ? how : { ...how, body: JSON.stringify(body) });
    said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
  } catch (lost) {
    throw new Refusal(0, { code: "offline" });
  }
  if (answer.ok) return said ?? answer;
  throw new Refusal(answer.status, said?.error || { code: "unknown" }, said || {});
}

/** Fetch a file that only the authorised may have, and hand it to the browser to keep. */
export async function download(path, name, who) {
  const answer = await fetch(path, { headers: who });
  if (!answer.ok) throw new Refusal(answer.status, (await answer.json()).error);
  const address = URL.createObjectURL(await answer.blob());
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const PATIENCE = 45_000; // the server sends a sign of life every 15 s
const PAUSE = 3000; // before a line that was refused is tried again

/**
 * Follow a room's news: `told` is called with each message, and with nothing whenever the line stands (again), as
 * news may have been missed. A lost line is taken up again. Call what is given back when the seat has changed.
 */
export function follow(code, told) {
  const line = part("line");
  let source = null, next = 0;
  const show = (lost) => {
    line.hidden = false;
    line.classList.toggle("lost", lost);
    line.textContent = say(lost ? "play.lost" : "play.connected");
  };
  const openIn = (pause) => {
    clearTimeout(next);
    next = setTimeout(open, pause);
  };
  const heard = () => openIn(PATIENCE); // a line on which nothing more is heard is opened again
  function open() {
    source?.close();
    source = new EventSource(`/class/api/news?code=${encodeURIComponent(code)}`);
    source.addEventListener("open", () => { heard(); show(false); told(null); });
    source.addEventListener("changed", (event) => { heard(); told(JSON.parse(event.data)); });
    source.addEventListener("ping", heard);
    source.addEventListener("error", () => {
      show(true);
      openIn(source.readyState === EventSource.CLOSED ? PAUSE * (0.7 + 0.6 * Math.random()) : PATIENCE);
    });
  }
  open();
  return open;
}

/** Do something again and again, but never twice at once; asked for meanwhile, it is done once more afterwards. */
export function single(work) {
  let busy = false, again = false;
  return async function run() {
    again = busy;
    if (busy) return;
    busy = true;
    try { await work(); } finally {
      busy = false;
      if (again) run();
    }
  };
}

/** Ask before something that cannot be taken back; resolves to whether it was confirmed. */
export function confirmed(question, yes, no) {
  return new Promise((done) => {
    const dialog = el("dialog", { class: "box", "aria-labelledby": "question" },
      el("p", { id: "question" }, question),
      el("form", { method: "dialog", class: "row" },
        el("button", { value: "", class: "quiet" }, no), el("button", { value: "yes", class: "main" }, yes)));
    dialog.addEventListener("close", () => { done(dialog.returnValue === "yes"); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Keep a value in the browser, as far as it lets us; what matters is in the server's store. */
export const kept = {
  get(name, where = localStorage) { try { return where.getItem(name); } catch (refused) { return null; } },
  set(name, value, where = localStorage) { try { where.setItem(name, value); } catch (refused) { /* private mode */ } },
  drop(name, where = localStorage) { try { where.removeItem(name); } catch (refused) { /* private mode */ } },
};

const chooser = part("language");
if (chooser) chooser.addEventListener("change", () => {
  const address = new URL(location.href);
  document.cookie = `detente-language=${chooser.value}; path=/class; max-age=31536000; samesite=lax`;
  address.searchParams.delete("lang");
  location.replace(address);
  if (address.href === location.href) location.reload();
});
