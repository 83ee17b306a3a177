// A report that is being written is kept after every tap, and opens again on the same question.
import { alone, get, newId, reason, write } from "./phone_store.js";

const NOT_KEPT = new Set(["csrf_token", "photos", "queued_at"]);
const DEGREES = new Set(["lat", "lon", "accuracy_m"]);
const PLACE = ["lat", "lon", "accuracy_m", "method", "pole_number", "place_id", "address"];
const PLACE_KEPT_MS = 24 * 3600 * 1000; // whoever goes on writing a day later may be anywhere
const SOON_MS = 150;

/** Each way into the report has a draft of its own, so that a pole scanned on the way never overwrites another report. */
export function draftId(asked) {
  for (const name of ["place", "mend", "pole"]) if (asked.get(name)) return `${name}:${asked.get(name)}`;
  return asked.get("lat") ? `at:${asked.get("lat")},${asked.get("lon")}` : "report";
}

export function fieldsOf($form) {
  const fields = {};
  for (const [name, value] of new FormData($form)) {
    if (typeof value !== "string" || NOT_KEPT.has(name) || (value === "" && name !== "client_id")) continue;
    (fields[name] ??= []).push(DEGREES.has(name) ? value.trim().replace(",", ".") : value); // whoever types a position writes a comma
  }
  return fields;
}

export function fill($form, fields) {
  for (const [name, values] of Object.entries(fields)) {
    for (const $field of $form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (["checkbox", "radio"].includes($field.type)) $field.checked = values.includes($field.value);
      else if ($field.type !== "file") [$field.value] = values;
      $field.closest("details")?.toggleAttribute("open", true);
    }
  }
}

/** A draft as it may be opened now: words and photos always, the place only while it is likely to be the same. */
export function stillTrue(draft, now = Date.now()) {
  if (draft.id !== "report" || !draft.fields.lat || now - (draft.placed_at || draft.at) < PLACE_KEPT_MS) return draft;
  const fields = Object.fromEntries(Object.entries(draft.fields).filter(([name]) => !PLACE.includes(name)));
  return { ...draft, fields, step: 0, lostPlace: true };
}

export function setUpDraft($form, id, { photos, step, place, say }) {
  const start = fieldsOf($form);
  let isBegun = false; // by the person: what the phone or the address filled in by itself is no draft
  let timer = 0;
  let isOver = false;
  let mine = true;
  const root = document.documentElement.dataset;
  const keep = async () => {
    clearTimeout(timer);
    timer = 0;
    if (isOver || !mine) return;
    const fields = fieldsOf($form);
    isBegun ||= step() > 0 || photos().length > 0 || differs(fields, start, place()?.byItself());
    if (!isBegun) {
      if (root.touched === "soon") delete root.touched;
      return;
    }
    if (place()?.byItself()) PLACE.forEach((name) => delete fields[name]);
    const draft = { id, fields, photos: photos(), step: step(), at: Date.now(), placed_at: place()?.placedAt() ?? 0, search: location.search };
    await write(["drafts", "put", draft]).then(() => { root.touched = "kept"; }, (error) => {
      root.touched = "unkept";
      say(reason(error));
    });
  };
  const soon = () => {
    if (timer) return;
    timer = setTimeout(keep, SOON_MS);
    root.touched ??= "soon"; // a newer version that comes in this moment does not load the page anew over it
  };
  $form.addEventListener("input", () => { isBegun = true; soon(); });
  $form.addEventListener("change", soon);
  addEventListener("pagehide", () => timer && keep());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && timer && keep());
  // The first tab that opens a draft keeps it; another is told, and is not reloaded over what it holds.
  alone(`draft ${id}`, (lock) => {
    mine = Boolean(lock);
    if (lock) return new Promise(() => {}); // until the tab is closed
    root.touched = "unkept";
    say("two_tabs");
    return undefined;
  }, { ifAvailable: true });
  const load = async () => {
    const draft = await get("drafts", id);
    isBegun ||= Boolean(draft);
    return draft && stillTrue(draft);
  };
  /** What the address or a saved place filled in is where the form began. */
  const opened = () => { for (const name of PLACE) start[name] = fieldsOf($form)[name]; };
  return { load, opened, changed: (early) => { isBegun ||= early === true; soon(); }, keep, end: () => { isOver = true; clearTimeout(timer); }, again: () => { isOver = false; } };
}

function differs(fields, start, placedByItself) {
  const names = new Set([...Object.keys(fields), ...Object.keys(start)]);
  return [...names].some((name) => !(placedByItself && PLACE.includes(name)) && String(fields[name] ?? "") !== String(start[name] ?? ""));
}

export { get, newId, write };
