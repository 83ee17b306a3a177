// “Spara platsen”: one tap keeps the time at once and the place as soon as the phone knows it, to be finished at home.
import { all, get, newId, reason, write } from "./phone_store.js";

const OLD = "saved-places"; // localStorage, as the first version kept them
const SPARE = "spare-place"; // where one place is kept when the store cannot be opened
const FIRST = { enableHighAccuracy: false, timeout: 4000, maximumAge: 60_000 };
const DOUBLE_MS = 2000; // cold fingers tap twice
const BETTER = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 5000 };
const $button = document.querySelector("[data-save-place]");
const $status = document.querySelector("[data-save-status]");
const $section = document.querySelector("[data-saved-places]");
const words = { ...$section.dataset, accuracy: $section.dataset.accuracy.replaceAll(" ", "\u00a0") };

function say(text, isGood = true) {
  $status.hidden = false;
  $status.className = isGood ? "note good" : "note bad";
  $status.textContent = text;
}

const position = (how) => new Promise((resolve) => {
  if (!navigator.geolocation) resolve(null);
  else navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), () => resolve(null), how);
});

async function keep(place) {
  try {
    await write(["places", "put", place]);
    return true;
  } catch (error) {
    try { localStorage.setItem(SPARE, JSON.stringify(place)); return true; } catch { /* then it cannot be kept at all */ }
    say(reason(error) === "full" ? $status.dataset.full : $status.dataset.closed, false);
    return false;
  }
}

/** The time is safe before the position is known; each better position replaces the one before, unless it was taken away. */
async function save() {
  const place = { id: newId(), at: new Date().toISOString() };
  if (!(await keep(place))) return;
  navigator.vibrate?.(80);
  say(`${$status.dataset.saved} ${$status.dataset.waiting}`);
  let known = false;
  const take = async (coords) => {
    if (!coords || coords.accuracy >= (place.accuracy_m ?? Infinity)) return;
    Object.assign(place, { lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy });
    known = true; // at once: the other position may come while this one is written
    if (!(await get("places", place.id).catch(() => place))) return; // already finished or taken away
    if (!(await keep(place))) return;
    say(`${$status.dataset.saved} ${words.accuracy.replace("{m}", Math.round(coords.accuracy))}`);
    navigator.vibrate?.([60, 60, 60]);
  };
  await Promise.all([position(FIRST).then(take), position(BETTER).then(take)]);
  if (!known) say($status.dataset.denied);
  navigator.storage?.persist?.().catch(() => {});
}

/** Bring what an earlier version, or a closed store, put aside into the store. */
async function gather() {
  const old = JSON.parse(localStorage.getItem(OLD) ?? "[]");
  const spare = JSON.parse(localStorage.getItem(SPARE) ?? "null");
  for (const place of [...old, ...(spare ? [spare] : [])]) await write(["places", "put", { id: newId(), ...place }]);
  localStorage.removeItem(OLD);
  localStorage.removeItem(SPARE);
}

function line(place) {
  const $line = document.createElement("li");
  $line.className = "card";
  const when = new Date(place.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  const where = place.lat === undefined ? words.unknown : words.accuracy.replace("{m}", Math.round(place.accuracy_m));
  const $text = Object.assign(document.createElement("p"), { textContent: `${when}, ${where}` });
  const $finish = Object.assign(document.createElement("a"), { className: "button full", href: `${words.report}?place=${place.id}`, textContent: words.finish });
  const $remove = Object.assign(document.createElement("button"), { type: "button", className: "button quiet full", textContent: words.remove });
  $remove.addEventListener("click", () => write(["drafts", "delete", `place:${place.id}`], ["places", "delete", place.id]));
  $line.append($text, $finish, $remove);
  return $line;
}

async function show() {
  const places = await all("places").catch(() => []);
  $section.hidden = places.length === 0;
  places.sort((a, b) => b.at.localeCompare(a.at));
  $section.querySelector("[data-list]").replaceChildren(...places.map(line));
}

let tapped = -DOUBLE_MS;
if ($button) {
  $button.hidden = false;
  $button.addEventListener("click", ({ timeStamp }) => {
    if (timeStamp - tapped >= DOUBLE_MS) save();
    tapped = timeStamp;
  });
}
addEventListener("phone:changed", show);
gather().catch(() => {}).then(show);
