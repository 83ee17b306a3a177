// What the phone in the van keeps (IndexedDB): the day, half-done work, visits that wait, what became of those sent.
// A database of its own, so that signing out empties the day and nothing of what the resident's pages keep.
import { openDB } from "../vendor/idb/index.js";
import { carryOut, newId } from "./phone_store.js";

const NAME = "ljuspunkt-van";
const SCHEMA = 1;
const STORES = { facts: "name", drafts: "id", outbox: "client_id", sent: "client_id", photos: "address" };
const OLD_MS = 18 * 3_600_000;
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("van") : null;

let opening = null;
let hasLeft = false;

function store() {
  opening ??= openDB(NAME, SCHEMA, {
    upgrade(db) {
      for (const [name, keyPath] of Object.entries(STORES)) db.createObjectStore(name, { keyPath });
    },
    blocking(_now, _wanted, event) { event.target.close(); opening = null; },
    terminated() { opening = null; },
  }).catch((error) => { opening = null; throw error; });
  return opening;
}

export const all = async (name) => (await store()).getAll(name);
export const get = async (name, key) => (await store()).get(name, key);

/** Write into several stores, all or nothing, and wait until it is on the disk: steps are [store, "put" | "delete" | "clear", what]. */
export async function write(...given) {
  const steps = hasLeft ? given.filter(([name]) => name === "outbox") : given;
  if (!steps.length) return;
  await carryOut(await store(), steps);
  channel?.postMessage("changed");
}

export const fact = async (name) => (await get("facts", name))?.value;
export const keepFact = (name, value) => write(["facts", "put", { name, value }]);

/** Return the day that is kept, unless it is another person's or from another day; then it goes. */
export async function keptDay() {
  const day = await fact("day");
  if (!day) return null;
  if (Date.now() - Date.parse(day.kept_at) < OLD_MS) return day;
  await forget();
  return null;
}

/** Keep a new day. What belongs to somebody else goes, but never a visit that waits: it is sent when they are back. */
export async function keepDay(day) {
  const before = await fact("day");
  if (before && before.staff.id !== day.staff.id) await forget();
  const here = new Set(day.stops.map((stop) => stop.id));
  const gone = (await all("drafts")).filter((draft) => !here.has(draft.id) && !draft.done && Date.now() - draft.changed_at > OLD_MS);
  const told = (await all("sent")).filter((item) => item.read && Date.now() - item.at > OLD_MS);
  await write(["facts", "put", { name: "day", value: { ...day, kept_at: new Date().toISOString() } }], ...told.map((item) => ["sent", "delete", item.client_id]), ...gone.map((draft) => ["drafts", "delete", draft.id]));
}

/** Empty the phone for somebody who has signed out: a day that was being fetched meanwhile is not kept after that. */
export async function leave() {
  hasLeft = true;
  await forget();
}

/** Empty the phone of everything about tickets; visits that wait stay. */
async function forget() {
  await carryOut(await store(), ["facts", "drafts", "sent", "photos"].map((name) => [name, "clear"]));
  channel?.postMessage("changed");
}

/** Do something while no other tab does it. */
export function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined)) : work();
}

export function whenChanged(work) {
  channel?.addEventListener("message", work);
}

export { newId };
