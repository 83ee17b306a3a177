// Visits go out one by one, oldest first, each with a number of its own: a visit that was sent twice is kept once.
import { all, alone, fact, get, keepDay, newId, write } from "./van_store.js";

export const REGRET_MS = 6000;
export const AT_NIGHT = ["lit", "not_lit"];
const VISITS = "/api/v1/visits";
const DAY = "/technician/day.json";
const PATIENCE_MS = 60_000;

const wait = (ms) => (AbortSignal.timeout ? AbortSignal.timeout(ms) : undefined);

/** Keep a visit before anything is sent. Its draft stays until the server has it, so that it can be regretted. */
export async function keepVisit({ stop, draft, photos = [], regret = REGRET_MS, left = 0, ...facts }) {
  const visit = {
    client_id: newId(), ticket_id: stop.id, given: stop.given, ended_at: new Date().toISOString(),
    arrived_at: draft?.arrived_at ?? null, made_safe_at: draft?.made_safe_at ?? null, lamp_id: draft?.lamp_id ?? null, ...facts,
  };
  const day = await fact("day");
  const item = {
    client_id: visit.client_id, staff_id: day?.staff.id ?? null, ticket_id: stop.id, pole: stop.pole || stop.reference, reference: stop.reference, visit, photos, left, unticked: draft?.unticked,
    made_at: Date.now(), not_before: Date.now() + regret, state: "waiting", errors: [],
  };
  const goesOn = left ? { photos: [], test: "", unticked: [], mends: false } : { done: item.client_id, mends: false };
  const kept = draft ? [["drafts", "put", { ...draft, ...goesOn, changed_at: item.made_at }]] : [];
  await write(["outbox", "put", item], ...kept);
  return item;
}

/** Keep a form of a page until it can be sent: what the patrol found, what the register has wrong. */
export async function keepForm({ address, fields, title }) {
  const day = await fact("day");
  const item = {
    client_id: newId(), kind: "form", staff_id: day?.staff.id ?? null, address, fields, pole: title, reference: "", visit: {}, photos: [], left: 0,
    made_at: Date.now(), not_before: Date.now() + REGRET_MS, state: "waiting", errors: [],
  };
  await write(["outbox", "put", item]);
  return item;
}

/** Take a visit back that has not left the phone or was refused; the work that it told of can go on. */
export async function regret(clientId) {
  const item = await get("outbox", clientId);
  if (!item || item.sending) return false;
  const isWork = item.kind !== "form" && !AT_NIGHT.includes(item.visit.outcome);
  await write(["outbox", "delete", clientId], ...(isWork ? [["drafts", "put", asBefore(item, await get("drafts", item.ticket_id))]] : []));
  return true;
}

/** Return the work as it was before its visit: what the draft never had, or has no longer, the visit tells. */
function asBefore({ ticket_id: id, visit, photos, left, unticked, state }, draft = { photos: [] }) {
  const isRefused = state === "refused"; // it is not done until it is sent in another way, and the round says so
  const { arrived_at, made_safe_at, lamp_id, action_code: action = "", cause_code: cause = "", parts = "", note = "", outcome, next_on, reason } = visit;
  const told = { arrived_at, made_safe_at, lamp_id, action, cause, test: { true: "yes", false: "no" }[visit.switch_on_test] ?? "", parts, note };
  const written = Object.fromEntries(Object.entries(told).map(([name, value]) => [name, draft[name] || value]));
  return {
    ...draft, ...written, id, done: "", mends: isRefused || draft.mends === true, changed_at: Date.now(), ended: outcome === "repaired" ? null : { outcome, next_on, reason },
    unticked: left ? unticked : draft.unticked, photos: left ? [...photos, ...draft.photos] : [...draft.photos, ...photos.slice(draft.photos.length)],
  };
}

/** Throw a refused visit or form away; what was written at its ticket since stays. */
export async function throwAway(clientId) {
  const item = await get("outbox", clientId);
  if (!item) return;
  const draft = item.kind === "form" ? null : await get("drafts", item.ticket_id);
  const goesOn = draft?.changed_at > item.made_at ? ["drafts", "put", { ...draft, done: "" }] : ["drafts", "delete", item.ticket_id];
  await write(["outbox", "delete", clientId], ...(draft?.done === clientId ? [goesOn] : []));
}

/** Fetch the day again: {day} or {problem: "offline" | "signin" | "unavailable"}. */
export async function fetchDay(here) {
  const address = here ? `${DAY}?lat=${here.lat.toFixed(5)}&lon=${here.lon.toFixed(5)}` : DAY;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: wait(20_000) });
    if (answer.redirected || answer.status === 401 || answer.status === 403) return { problem: "signin" };
    if (!answer.ok) return { problem: "unavailable" };
    const day = await answer.json();
    await keepDay(day);
    return { day };
  } catch {
    return { problem: "offline" };
  }
}

/** Send all that waits and may go; return "sent", "offline", "signin", "later" or "unavailable". */
export async function sendAll() {
  return (await alone("van-sync", sendEach)) ?? "later";
}

async function sendEach() {
  const mine = (await fact("day"))?.staff.id;
  let outcome = "sent";
  for (const { client_id: id } of (await all("outbox")).sort((a, b) => a.made_at - b.made_at)) {
    const item = await get("outbox", id); // regretted meanwhile?
    if (!item || item.state !== "waiting" || (item.staff_id !== null && item.staff_id !== mine)) continue;
    if (item.not_before > Date.now()) { outcome = "later"; continue; }
    outcome = await sendOne({ ...item, sending: false }); // the page may have gone away in the middle of a sending
    if (outcome !== "sent") return outcome;
  }
  return outcome;
}

async function sendOne(item, again = true) {
  await write(["outbox", "put", { ...item, sending: true }]);
  let answer;
  try {
    answer = await deliver(item);
  } catch {
    await write(["outbox", "put", item]);
    return "offline";
  }
  if (answer.redirected && new URL(answer.url).pathname === "/login") {
    await write(["outbox", "put", item]);
    return "signin";
  }
  if (answer.ok && item.kind === "form") {
    await settleForm(item, await answer.text().catch(() => ""));
    return "sent";
  }
  if (answer.ok) {
    await settle(item, await answer.json().catch(() => null));
    return "sent";
  }
  if (answer.status === 400 && again) { // the token of the form belongs to a sign-in that is over
    const { problem } = await fetchDay();
    await write(["outbox", "put", item]);
    return problem ?? sendOne(item, false);
  }
  return refused(item, answer);
}

async function deliver({ kind, client_id: once, address, fields, visit, photos }) {
  const token = (await fact("day"))?.csrf ?? "";
  if (kind === "form") return fetch(address, { method: "POST", body: new URLSearchParams({ ...fields, once, csrf_token: token, offline: "1" }), headers: { Accept: "text/html" }, signal: wait(PATIENCE_MS) });
  const body = new FormData();
  body.append("visit", JSON.stringify({ ...visit, sent_at: new Date().toISOString() }));
  photos.forEach((photo, at) => body.append("photos", photo, `foto-${at + 1}.jpg`));
  const headers = { "X-CSRFToken": token, Accept: "application/json, application/problem+json" };
  return fetch(VISITS, { method: "POST", body, headers, signal: wait(PATIENCE_MS) });
}

async function settle(item, said) {
  const told = { client_id: item.client_id, ticket_id: item.ticket_id, pole: item.pole, reference: item.reference, at: Date.now(), outcome: item.visit.outcome, left: item.left ?? 0, lamp_ids: item.visit.lamp_ids ?? [],
    leads: said?.leads ?? true, explained: said?.explained ?? [], photo_problems: said?.photo_problems ?? [], read: false };
  const draft = await get("drafts", item.ticket_id);
  await write(["outbox", "delete", item.client_id], ["sent", "put", told], ...(draft?.done === item.client_id ? [["drafts", "delete", item.ticket_id]] : []));
}

/** What the page would have said is told on the round. */
async function settleForm(item, page) {
  const said = textsIn(page, "main > .note.good[role=status] p");
  await write(["outbox", "delete", item.client_id], ["sent", "put", { client_id: item.client_id, pole: item.pole, reference: "", at: Date.now(), outcome: "form", left: 0, lamp_ids: [], explained: said, photo_problems: [], read: false, form: true }]);
}

const textsIn = (page, selector) => [...new DOMParser().parseFromString(page, "text/html").querySelectorAll(selector)].map(($part) => $part.textContent.trim());

/** A visit that was refused stays with its reason until somebody has mended it; it is never thrown away by itself. */
async function refused(item, answer) {
  if (answer.status === 401) {
    await write(["outbox", "put", item]);
    return "signin";
  }
  if (![400, 403, 404, 409, 413, 422].includes(answer.status)) {
    await write(["outbox", "put", { ...item, not_before: Date.now() + 15_000 }]);
    return "unavailable";
  }
  if (item.kind === "form") {
    const errors = answer.status === 422 ? textsIn(await answer.text().catch(() => ""), ".error") : [];
    await write(["outbox", "put", { ...item, state: "refused", errors: [...new Set(errors)], title: "" }]);
    return "sent";
  }
  const said = await answer.json().catch(() => ({}));
  await write(["outbox", "put", { ...item, state: "refused", errors: Object.values(said.errors ?? {}), fields: Object.keys(said.errors ?? {}), title: said.title ?? "" }]);
  return "sent";
}

/** Tell the others that somebody is on the way; without coverage nobody is told, and both visits are kept. */
export async function claim(ticketId) {
  try {
    const headers = { "X-CSRFToken": (await fact("day"))?.csrf ?? "", Accept: "application/json" };
    const answer = await fetch(`${VISITS}/claims/${ticketId}`, { method: "POST", headers, signal: wait(5000) });
    return answer.status === 409 ? (await answer.json()).detail : "";
  } catch {
    return "";
  }
}

/** Give a refused visit what it lacked, or let it go out again as it is. */
export async function tryAgain(clientId, change = {}) {
  const item = await get("outbox", clientId);
  if (item) await write(["outbox", "put", { ...item, ...change, state: "waiting", errors: [], not_before: 0 }]);
}
