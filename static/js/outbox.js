// The outbox: a report waits here with its photos until the server has said that it is kept. A resend is harmless.
import { all, alone, get, newId, rewrite, write } from "./phone_store.js";

const ADDRESS = "/api/v1/reports";
const PATIENCE_MS = 120_000;
const PAUSE_MS = 30_000;
const SCHEMA = 1;

/** Keep a report before anything is sent; its draft and its saved place go in the same moment. */
export async function keep({ fields, photos, draft, place }) {
  const item = { client_id: fields.client_id[0], schema: SCHEMA, made_at: Date.now(), fields, photos, state: "waiting", reason: "", errors: {}, tries: 0, not_before: 0 };
  const gone = [draft && ["drafts", "delete", draft], place && ["places", "delete", place]].filter(Boolean);
  await write(["outbox", "put", item], ...gone);
  return item;
}

export const waiting = async () => (await all("outbox")).sort((a, b) => a.made_at - b.made_at);
export const withdraw = (id) => write(["outbox", "delete", id]);

/** Send one report now, after whatever another tab is sending; returns {receipt} or the item with its state and reason. */
export async function sendNow(id) {
  await alone("outbox", async () => {
    const item = await get("outbox", id);
    if (item) await settle(id, await deliver(item));
  });
  const receipt = await get("receipts", id);
  return receipt ? { receipt } : { item: await get("outbox", id) };
}

/** Send a report that the phone has no room for, straight from the page. */
export async function sendUnkept({ fields, photos }) {
  const [id] = fields.client_id;
  const { said, ...outcome } = await deliver({ client_id: id, fields, photos });
  return outcome.state === "sent" ? { receipt: receiptOf(id, said, photos) } : { item: { client_id: id, errors: {}, ...outcome } };
}

/** Send all that waits, oldest first; stops at the first that finds no network. Another tab that sends is left alone. */
export function sendAll({ now = Date.now(), force = false } = {}) {
  return alone("outbox", async (lock) => {
    if (!lock) return;
    for (const { client_id: id } of await waiting()) {
      const item = await get("outbox", id); // taken back meanwhile?
      if (!item || item.state !== "waiting" || (!force && item.not_before > now)) continue;
      const outcome = await deliver(item);
      await settle(id, outcome);
      if (outcome.reason === "offline" || outcome.reason === "many") break;
    }
  }, { ifAvailable: true });
}

export async function tryAgain(id, change = {}) {
  await rewrite("outbox", id, [], (item) => (item ? [["outbox", "put", { ...item, state: "waiting", reason: "", errors: {}, not_before: 0, ...change }]] : []));
}

/** A new number for a report whose old number the server has kept with other words. */
export async function sendAsNew(id) {
  const next = newId();
  await rewrite("outbox", id, [], (item) => (item ? [
    ["outbox", "delete", id],
    ["outbox", "put", { ...item, client_id: next, fields: { ...item.fields, client_id: [next] }, state: "waiting", reason: "", errors: {}, not_before: 0 }],
  ] : []));
  return next;
}

function bodyOf({ fields, photos }) {
  const body = new FormData();
  for (const [name, values] of Object.entries(fields)) values.forEach((value) => body.append(name, value));
  photos.forEach((photo, at) => body.append("photos", photo, photo.name ?? `foto-${at + 1}.jpg`));
  return body;
}

async function deliver(item) {
  let answer;
  try {
    answer = await fetch(ADDRESS, {
      method: "POST", body: bodyOf(item), credentials: "same-origin", signal: AbortSignal.timeout?.(PATIENCE_MS),
      headers: { "Idempotency-Key": item.client_id, Accept: "application/json, application/problem+json" },
    });
  } catch {
    return { state: "waiting", reason: "offline" };
  }
  const said = await answer.json().catch(() => null);
  if (answer.ok && said?.receipt) return { state: "sent", said };
  return refused(answer.status, said ?? {}, Number(answer.headers.get("Retry-After")) * 1000);
}

function refused(status, said, pause) {
  if (status === 422 || status === 400) return { state: "refused", reason: "mend", errors: said.errors ?? {}, title: said.title ?? "" };
  if (status === 409) return { state: "refused", reason: "differs" };
  if (status === 413) return { state: "refused", reason: "large" };
  return { state: "waiting", reason: { 429: "many", 507: "no_room" }[status] ?? "unavailable", not_before: Date.now() + (pause || PAUSE_MS) };
}

function settle(id, { said, ...outcome }) {
  return rewrite("outbox", id, ["receipts"], (item) => {
    if (outcome.state === "sent") return [["outbox", "delete", id], ["receipts", "put", receiptOf(id, said, item?.photos ?? [])]];
    return item ? [["outbox", "put", { ...item, errors: {}, not_before: 0, ...outcome, tries: item.tries + 1 }]] : [];
  });
}

/** What is known of a report that was kept; photos that the server had no room or time for stay here, to be sent again. */
function receiptOf(id, said, photos) {
  const path = new URL(said.url, location.origin).pathname; // the server may know itself by another name
  return { client_id: id, reference: said.reference, path, at: Date.now(), photo_problems: said.photo_problems ?? [], photos: (said.photos_again ?? []).map((at) => photos[at]).filter(Boolean) };
}
