// Keeps the report's pages on the phone. Served at /sw.js behind a line `const PHONE = {…}` that names what to keep.
/* global PHONE */
import { sendAll } from "/static/js/outbox.js";
import "/static/js/push_events.js";

const KEPT = `phone-${PHONE.version}`;
const DATA = "phone-data";
const HOUR_MS = 3_600_000;
const FRESH = { cache: "no-cache" };

const asShell = (path) => `${path}?shell=1`;
const keepPage = async (path) => {
  const answer = await fetch(asShell(path), FRESH);
  if (answer.ok) await (await caches.open(KEPT)).put(path, answer);
  else throw new Error(`${path}: ${answer.status}`);
};
const keepFile = async (path) => {
  const answer = await fetch(path, FRESH);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  await (await caches.open(KEPT)).put(path, answer);
};
const keepData = async (path) => {
  const answer = await fetch(path, FRESH);
  if (answer.ok) await (await caches.open(DATA)).put(path, answer);
};

// Where the browser can, it hands out what is kept by itself, without waking us first: a second visit is there at once.
const from = (cacheName, more = {}) => (pathname) => ({ condition: { urlPattern: { pathname, search: "" }, ...more }, source: { cacheName } });
const routes = () => [...PHONE.pages.map(from(KEPT, { requestMode: "navigate" })), ...PHONE.files.map(from(KEPT))];

addEventListener("install", (event) => {
  event.addRoutes?.(routes()).catch(() => {});
  event.waitUntil(Promise.all([...PHONE.pages.map(keepPage), ...PHONE.files.map(keepFile)]));
});

addEventListener("activate", (event) => {
  const old = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("phone-") && ![KEPT, DATA].includes(name)).map((name) => caches.delete(name)));
    await clients.claim();
    await Promise.allSettled(PHONE.data.map(keepData));
  };
  event.waitUntil(old());
});

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
  else if (PHONE.pages.includes(event.data?.opened)) event.waitUntil(renewed(event.data.opened).catch(() => {}));
});

addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendAll({ force: event.lastChance }));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || searchParams.has("shell")) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname, searchParams));
  else if (PHONE.files.includes(pathname)) event.respondWith(file(request, pathname));
  else if (PHONE.data.includes(pathname)) event.respondWith(data(event, request, pathname));
});

async function page(event, path, asked) {
  const kept = PHONE.pages.includes(path) ? await caches.match(path, { cacheName: KEPT }) : undefined;
  const changed = asked.has("lang") || asked.has("theme");
  if (kept && !changed && !asked.has("pole")) return kept; // a pole's page knows more when there is a net
  try {
    const answer = await fetch(event.request);
    if (changed) event.waitUntil(Promise.allSettled(PHONE.pages.map(keepPage)));
    return answer;
  } catch {
    return kept ?? caches.match(PHONE.offline, { cacheName: KEPT });
  }
}

async function file(request, path) {
  return (await caches.match(path, { cacheName: KEPT })) ?? fetch(request);
}

/** The page that was handed out tells that it is open, when it has nothing better to do: an old one is fetched anew. */
async function renewed(path) {
  const kept = await caches.match(path, { cacheName: KEPT });
  if (!kept || isOld(kept)) await keepPage(path);
}

async function data(event, request, path) {
  const kept = await caches.match(path, { cacheName: DATA });
  if (!kept) return fetch(request);
  if (isOld(kept)) event.waitUntil(keepData(path).catch(() => {}));
  return kept;
}

function isOld(answer) {
  return Date.now() - Date.parse(answer.headers.get("Date") ?? 0) > HOUR_MS;
}
