// What this phone keeps (IndexedDB): reports that wait, drafts, saved places, receipts. The service worker reads it too.
import { openDB } from "../vendor/idb/index.js";

const NAME = "ljuspunkt";
const SCHEMA = 1;
const STORES = { outbox: "client_id", drafts: "id", places: "id", receipts: "client_id", facts: "name" };
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("phone") : null;

let opening = null;

function upgrade(db) {
  for (const [name, keyPath] of Object.entries(STORES)) {
    if (!db.objectStoreNames.contains(name)) db.createObjectStore(name, { keyPath });
  }
}

/** Open the store; another tab with a newer page asks this one to let go, and this one then says so. */
export function store() {
  opening ??= openDB(NAME, SCHEMA, {
    upgrade,
    blocking(_now, _wanted, event) {
      event.target.close();
      opening = null;
      globalThis.dispatchEvent(new Event("phone:newer"));
    },
    terminated() { opening = null; },
  }).catch((error) => { opening = null; throw error; });
  return opening;
}

/** Tell why the phone could not keep something: `full`, `newer` (this page is older than what it reads) or `closed`. */
export function reason(error) {
  const name = error?.name ?? "";
  if (name === "QuotaExceededError") return "full";
  return name === "VersionError" ? "newer" : "closed";
}

export const all = async (name) => (await store()).getAll(name);
export const get = async (name, key) => (await store()).get(name, key);

/**
 * Write into several stores, all or nothing, as far as the disk: steps are [store, "put" | "delete" | "clear", value or key].
 * The order to commit goes along: a page that waits for the answers first loses them when it is closed in that moment.
 */
export function carryOut(db, steps) {
  const names = [...new Set(steps.map(([name]) => name))];
  return finish(db.transaction(names, "readwrite", { durability: "strict" }), steps);
}

/** The last steps of a transaction that has been read in. */
export function finish(work, steps) {
  const asked = steps.map(([name, verb, what]) => work.objectStore(name)[verb](what));
  work.commit?.();
  return Promise.all([...asked, work.done]);
}

export async function write(...steps) {
  await carryOut(await store(), steps);
  told();
}

/** Change one row where it still is: `change` gets the row and returns the steps. */
export async function rewrite(name, key, others, change) {
  const db = await store();
  const work = db.transaction([name, ...others], "readwrite", { durability: "strict" });
  const row = await work.objectStore(name).get(key);
  await finish(work, change(row));
  told();
}

export async function empty() {
  await carryOut(await store(), Object.keys(STORES).map((name) => [name, "clear"]));
  told();
}

/** Do something while no other tab does it; without locks in the browser, just do it (a resend is harmless). */
export function alone(name, work, options = {}) {
  return navigator.locks ? navigator.locks.request(name, options, work) : work({});
}

export function newId() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function told() {
  channel?.postMessage("changed");
  globalThis.dispatchEvent(new Event("phone:changed"));
}

channel?.addEventListener("message", () => globalThis.dispatchEvent(new Event("phone:changed")));
