// On the walk: every tap is kept on the phone at once and sent when there is a net. Several phones write side by side.
import { inPauses } from "./typing.js";
import { keep, keepPhoto, noteSent, notes, photos, photoSent, removePhoto } from "./walk_store.js";

const root = document.querySelector("[data-walk]");
const status = root.querySelector("[data-status]");
const words = root.dataset;
const code = words.code;
const RETRY_MS = 20_000;
let sending = null;
let closed = false;

const sections = [...root.querySelectorAll("[data-stop]")];
const stopOf = (element) => element.closest("[data-stop]");

function written(section) {
  const scores = {};
  for (const field of section.querySelectorAll("[data-score]:checked")) scores[field.dataset.score] = Number(field.value);
  const observations = [...section.querySelectorAll("[data-observation]:checked")].map((field) => field.value);
  const texts = Object.fromEntries([...section.querySelectorAll("[data-text]")].map((field) => [field.dataset.text, field.value]));
  return { scores, observations, ...texts };
}

function show(section, note) {
  for (const [key, score] of Object.entries(note.scores)) {
    const field = section.querySelector(`[data-score="${key}"][value="${score}"]`);
    if (field) field.checked = true;
  }
  for (const field of section.querySelectorAll("[data-observation]")) field.checked = note.observations.includes(field.value);
  for (const field of section.querySelectorAll("[data-text]")) field.value = note[field.dataset.text] ?? "";
  begun(section);
}

function begun(section) {
  root.querySelector(`[data-tab="${section.dataset.stop}"]`)?.classList.add("begun");
}

async function kept(section) {
  over();
  try {
    const note = await keep(code, Number(section.dataset.stop), written(section));
    begun(section);
    await tell();
    return note;
  } catch {
    status.textContent = words.full;
    return null;
  }
}

async function tell() {
  const waiting = (await notes(code)).filter((note) => note.sent < note.revision).length + (await photos(code)).filter((photo) => !photo.sent).length;
  if (closed) status.textContent = words.closed;
  else if (waiting) status.textContent = words.waiting.replace("{n}", waiting);
  else status.textContent = (await notes(code)).length ? words.sent : words.ready;
}

async function sendNotes() {
  const waiting = (await notes(code)).filter((note) => note.sent < note.revision);
  if (!waiting.length) return;
  const body = JSON.stringify({ entries: waiting.slice(0, 50) });
  const answer = await fetch(`/walk/${code}/entries`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  closed = answer.status === 410;
  if (!answer.ok) return;
  const { saved } = await answer.json();
  await Promise.all(saved.map(({ client_id: id, revision }) => noteSent(id, revision)));
}

async function sendPhotos() {
  for (const photo of (await photos(code)).filter((one) => !one.sent)) {
    const answer = await fetch(`/walk/${code}/entries/${photo.note}/photos/${photo.id}`, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: photo.blob });
    if (answer.ok) await photoSent(photo);
  }
}

function send() {
  sending ??= (async () => {
    try {
      await sendNotes();
      await sendPhotos();
    } catch { /* no net: it waits */ } finally {
      sending = null;
      await tell();
    }
  })();
  return sending;
}

// One stop a screen.
function open(id, focus = true) {
  const section = sections.find((one) => one.id === id) ?? sections[0];
  for (const one of sections) one.hidden = one !== section;
  for (const tab of root.querySelectorAll("[data-tab]")) {
    if (tab.dataset.tab === section?.dataset.stop) tab.setAttribute("aria-current", "step");
    else tab.removeAttribute("aria-current");
  }
  if (focus) section?.querySelector("h2").focus();
  globalThis.scrollTo(0, 0);
}

addEventListener("hashchange", () => open(location.hash.slice(1)));

const { typed, over } = inPauses((section) => kept(section));
root.addEventListener("change", async (event) => {
  const section = stopOf(event.target);
  if (event.target.matches("[data-photo-file]")) await addPhoto(section, event.target);
  else if (section) await kept(section);
  send();
});
root.addEventListener("input", (event) => {
  if (!event.target.matches("[data-text]")) return;
  typed(stopOf(event.target));
});
root.addEventListener("click", (event) => {
  // A score is taken back by touching it again.
  const score = event.target.closest("[data-score]");
  if (!score) return;
  if (score.dataset.was === "1") {
    score.checked = false;
    score.dataset.was = "";
    kept(stopOf(score));
  } else {
    for (const other of stopOf(score).querySelectorAll(`[name="${score.name}"]`)) other.dataset.was = "";
    score.dataset.was = "1";
  }
});

root.querySelector("[data-here]")?.addEventListener("click", ({ currentTarget: button }) => {
  navigator.geolocation.getCurrentPosition(async ({ coords }) => {
    const section = stopOf(button);
    section.querySelector("[data-text=place_lon]").value = coords.longitude.toFixed(6);
    section.querySelector("[data-text=place_lat]").value = coords.latitude.toFixed(6);
    await kept(section);
    status.textContent = button.dataset.found;
    send();
  }, () => { status.textContent = button.dataset.lost; }, { enableHighAccuracy: true, timeout: 15_000 });
});

async function addPhoto(section, input) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  const note = await kept(section);
  if (!note) return;
  const { shrink } = await import("./photo_shrink.js");
  const { paintOver } = await import("./paint_over.js");
  const small = await shrink(file).catch(() => null);
  if (!small) return;
  const painted = await paintOver(small); // nothing is kept before somebody has looked at it
  showPhoto(section, await keepPhoto(code, note.client_id, painted ?? small));
  await tell();
}

function showPhoto(section, photo) {
  const row = document.createElement("li");
  const picture = document.createElement("img");
  Object.assign(picture, { src: URL.createObjectURL(photo.blob), alt: words.photo });
  row.append(picture);
  if (!photo.sent) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button quiet small", textContent: words.remove });
    button.addEventListener("click", async () => { await removePhoto(photo.id); row.remove(); await tell(); });
    row.append(button);
  }
  section.querySelector("[data-photos]").append(row);
}

async function restore() {
  const mine = await notes(code);
  for (const note of mine) {
    const section = sections.find((one) => Number(one.dataset.stop) === note.stop_id);
    if (section) show(section, note);
  }
  for (const photo of await photos(code)) {
    const note = mine.find((one) => one.client_id === photo.note);
    const section = sections.find((one) => Number(one.dataset.stop) === note?.stop_id);
    if (section) showPhoto(section, photo);
  }
}

// The page and all that it loads are put aside for when there is no net.
async function putAside() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/walk/sw.js", { scope: "/walk/" });
  const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name)).filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"));
  const lazy = ["/static/js/photo_shrink.js", "/static/js/paint_over.js"];
  const kept = await caches.open("walk-page");
  await kept.addAll([location.pathname, ...new Set([...files.map(({ pathname }) => pathname), ...lazy])]);
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => { navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }); });
  }
  document.documentElement.dataset.aside = "yes";
}

status.textContent = words.kept;
open(location.hash.slice(1), false);
await restore();
await tell();
await navigator.storage?.persist?.().catch(() => {});
putAside().then(tell).catch(() => {});
addEventListener("online", send);
setInterval(send, RETRY_MS);
send();
