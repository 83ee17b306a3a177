// The page in the van: its templates, its words, and small ways to fill them. Text is only ever set as text.
const WORDS = JSON.parse(document.querySelector("[data-words]").textContent);

export const $view = document.querySelector("[data-view]");
export const words = WORDS;
export const say = (key, facts = {}) => (WORDS[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => facts[name] ?? "–");
export const number = (value, decimals = 0) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: decimals });
export const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

/** Return a copy of a template with its facts written in; a fact that is empty takes its element away. */
export function copy(name, facts = {}) {
  const $copy = document.querySelector(`template[data-template="${name}"]`).content.firstElementChild.cloneNode(true);
  fill($copy, facts);
  return $copy;
}

export function fill($part, facts) {
  for (const $place of $part.querySelectorAll("[data-f]")) {
    const value = facts[$place.dataset.f];
    if (value === undefined) continue;
    $place.textContent = value;
    $place.hidden = value === "";
  }
}

export function make(tag, text = "", attributes = {}) {
  const $made = document.createElement(tag);
  $made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) $made.setAttribute(name, value);
  return $made;
}

/** A large choice: a radio (or a box to tick) with its label. */
export function tile(name, value, text, { type = "radio", checked = false } = {}) {
  const $tile = make("div", "", { class: "tile" });
  const $input = make("input", "", { type, name, value, id: `${name}-${value}` });
  $input.checked = checked;
  $tile.append($input, make("label", text, { for: $input.id }));
  return $tile;
}

export const chosen = ($part, name) => $part.querySelector(`input[name="${name}"]:checked`)?.value ?? "";

let at = null;
let turn = 0;
let lifted = Promise.resolve();

/** Begin a view before its facts are read from the phone. The answer waits until the thumb is lifted (a press must meet
 *  what it aimed at) and tells whether this is still the view that is wanted: a slow list never covers a lamp opened since. */
export function begin() {
  const mine = ++turn;
  return async () => {
    await lifted;
    return mine === turn;
  };
}

const CLICK_MS = 50; // a touch becomes a click somewhat after it has ended
const PRESS_MS = 1000;

addEventListener("pointerdown", () => {
  lifted = new Promise((done) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(done, CLICK_MS), { once: true });
    setTimeout(done, PRESS_MS);
  });
}, { capture: true, passive: true });

/** Show a view; somewhere new, the reader of the screen and the keyboard begin at its top. Drawn anew where one is, the
 *  stops that are in sight stay where they are on the glass, whatever was added above them. */
export function show($content) {
  const moved = at !== location.hash;
  const [from, seen] = [scrollY, moved ? null : firstInSight()];
  at = location.hash;
  $view.replaceChildren($content);
  const $same = seen && [...$view.querySelectorAll(STOPS)].find(($stop) => $stop.hash === seen.hash);
  scrollTo(0, moved ? 0 : from);
  if ($same) scrollBy(0, $same.getBoundingClientRect().top - seen.top);
  if (moved) $view.focus({ preventScroll: true });
}

const STOPS = "[data-stops] a[href^='#t']";

function firstInSight() {
  for (const $stop of $view.querySelectorAll(STOPS)) {
    const { top, bottom } = $stop.getBoundingClientRect();
    if (top >= 0 && bottom <= innerHeight) return { hash: $stop.hash, top };
  }
  return null;
}

/** Say what is missing where the thumb is. */
export function wrong($part, text) {
  const $wrong = $part.querySelector("[data-wrong]");
  $wrong.textContent = text;
  $wrong.hidden = !text;
  if (text) $wrong.scrollIntoView({ block: "center" });
  return !text;
}

export function inDays(days) {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}
