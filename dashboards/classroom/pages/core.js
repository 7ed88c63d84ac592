// Shared by all classroom pages: translated texts, DOM elements (built from text, never from markup), requests to the server.

const root = document.documentElement;
export const LANGUAGE = root.lang;
let texts = {}; // by dotted key

/** Load the texts of this page's language. Pages await this before anything else. */
export async function loadTexts() {
  const answer = await fetch(root.dataset.words);
  texts = await answer.json();
  setTimeout(() => { document.getElementById("content").inert = false; }); // after the page's script has bound its forms
}

/** Return whether there is a text for a key. */
export const hasText = (key) => key in texts;

const numberFormat = (options) => new Intl.NumberFormat(LANGUAGE, options);
const NUMBER = numberFormat({ maximumFractionDigits: 2 });
const WHOLE = numberFormat({ maximumFractionDigits: 0 });
const SHARE = numberFormat({ style: "percent", maximumFractionDigits: 0 });
const SIGNED = numberFormat({ style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" });
export const formatNumber = (value) => NUMBER.format(value);
export const formatPercent = (value) => SHARE.format(value);
export const formatChange = (value) => SIGNED.format(value);

/** Format seconds as minutes and seconds, in the digits of the language. */
export function formatClock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = numberFormat({ minimumIntegerDigits: 2, maximumFractionDigits: 0 });
  return `${WHOLE.format(Math.floor(whole / 60))}:${two.format(whole % 60)}`;
}

/**
 * Return a text of a scenario in this language, else in English. The classroom's own translation, if there is one
 * under `key`, takes precedence.
 */
export function localized(text, key = "") {
  if (key && texts[key]) return texts[key];
  if (text === null || text === undefined) return "";
  return typeof text === "string" ? text : text[LANGUAGE] || text.en || Object.values(text)[0] || "";
}

/**
 * Translate a key. `{name}` is replaced by the value of that name; `{name:share}` and `{name:change}` format a number
 * from 0 to 1 as a percentage. A key without a text is returned as it is, so that the omission is visible.
 */
export function t(key, values = {}) {
  const text = texts[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)(?::(\w+))?\}/g, (whole, name, form) => {
    const value = values[name];
    if (value === undefined || value === null) return whole;
    if (typeof value !== "number") return isolated(String(value));
    return form === "share" ? formatPercent(value) : form === "change" ? formatChange(value) : formatNumber(value);
  });
}

const AGAINST = document.dir === "rtl" ? /[A-Za-z]/ : /[\u0590-\u08ff]/;

/** Isolate a name of the opposite writing direction within a sentence. */
const isolated = (text) => (AGAINST.test(text) ? `\u2068${text}\u2069` : text);

/** Create an element from properties, `data-` and `aria-` attributes, `on` handlers and children; strings become text. */
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

/** Create an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Return an element of the page by its id. */
export const byId = (id) => document.getElementById(id);

const drawn = new WeakMap();
const folds = new Map(); // whether it is open, by `data-fold`

/** Redraw an element if its data have changed; the focus and open details are preserved. Returns whether it did. */
export function update(place, data, build) {
  const now = JSON.stringify(data);
  if (drawn.get(place) === now) return false;
  drawn.set(place, now);
  const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const folded = () => place.querySelectorAll("[data-fold]");
  for (const each of folded()) folds.set(each.dataset.fold, each.open); // its toggle event may be pending
  place.replaceChildren(...[build(data)].flat().filter(Boolean));
  for (const each of folded()) each.open = folds.get(each.dataset.fold) ?? each.open;
  if (key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  return true;
}

/** Make the next `update` of an element redraw it. */
export const invalidate = (place) => drawn.delete(place);

/** Show a message at the top of the page for 12 s, and announce it to screen readers. */
export function announce(text) {
  byId("news").textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { byId("news").textContent = ""; }, 12_000);
}
let fading = 0;

/** A request that failed: the server's error code and a message. */
export class RequestError extends Error {
  constructor(status, error, rest = {}) {
    super(hasText(`error.${error.code}`) ? t(`error.${error.code}`, error.params || {}) : error.text || error.code);
    Object.assign(this, { status, code: error.code, params: error.params || {}, rest });
  }
}

/** Send a request and return the answer. Throws RequestError. `auth`: the headers that identify the sender. */
export async function request(path, { body, auth, method, ...more } = {}) {
  const headers = { ...auth };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const options = { method: method || (body === undefined ? "GET" : "POST"), headers, cache: "no-store", ...more };
  let answer, sent;
  try {
    answer = await fetch(path, body === undefined ? options : { ...options, body: JSON.stringify(body) });
    sent = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
  } catch (error) {
    throw new RequestError(0, { code: "offline" });
  }
  if (answer.ok) return sent ?? answer;
  throw new RequestError(answer.status, sent?.error || { code: "unknown" }, sent || {});
}

/** Download a file with authorisation. Throws RequestError. */
export async function download(path, name, auth) {
  const answer = await fetch(path, { headers: auth });
  if (!answer.ok) throw new RequestError(answer.status, (await answer.json()).error);
  const address = URL.createObjectURL(await answer.blob());
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const TIMEOUT = 45_000; // ms; the server sends a ping every 15 s
const RETRY = 3000; // ms before a refused connection is tried again

/**
 * Subscribe to a room's events. `onChange` is called with each event, and with null whenever the connection opens, as
 * events may have been missed. Reconnects by itself. Returns a function that reconnects, to be called when the seat
 * has changed.
 */
export function subscribe(code, onChange) {
  const line = byId("line");
  let source = null, next = 0;
  const show = (lost) => {
    line.hidden = false;
    line.classList.toggle("lost", lost);
    line.textContent = t(lost ? "play.lost" : "play.connected");
  };
  const openIn = (delay) => {
    clearTimeout(next);
    next = setTimeout(open, delay);
  };
  const restartTimeout = () => openIn(TIMEOUT); // a silent connection is reopened
  function open() {
    source?.close();
    source = new EventSource(`/class/api/news?code=${encodeURIComponent(code)}`);
    source.addEventListener("open", () => { restartTimeout(); show(false); onChange(null); });
    source.addEventListener("changed", (event) => { restartTimeout(); onChange(JSON.parse(event.data)); });
    source.addEventListener("ping", restartTimeout);
    source.addEventListener("error", () => {
      show(true);
      openIn(source.readyState === EventSource.CLOSED ? RETRY * (0.7 + 0.6 * Math.random()) : TIMEOUT);
    });
  }
  open();
  return open;
}

/** Wrap an asynchronous function so that it never runs twice at once: calls made meanwhile cause one more run. */
export function coalesce(work) {
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

/** Ask for confirmation of something that cannot be undone; resolves to whether it was confirmed. */
export function confirmDialog(question, yes, no) {
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

/** Browser storage that fails silently, for example in private mode. */
export const storage = {
  get(name, where = localStorage) { try { return where.getItem(name); } catch (error) { return null; } },
  set(name, value, where = localStorage) { try { where.setItem(name, value); } catch (error) { /* private mode */ } },
  drop(name, where = localStorage) { try { where.removeItem(name); } catch (error) { /* private mode */ } },
};

const languageMenu = byId("language");
if (languageMenu) languageMenu.addEventListener("change", () => {
  const address = new URL(location.href);
  document.cookie = `detente-language=${languageMenu.value}; path=/class; max-age=31536000; samesite=lax`;
  address.searchParams.delete("lang");
  location.replace(address);
  if (address.href === location.href) location.reload();
});
