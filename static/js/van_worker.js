// Keeps today's round on the phone. Served at /technician/worker.js behind a line `const VAN = {…}` that names what to keep.
/* global VAN */
const KEPT = `van-${VAN.version}`;
const PATIENCE_MS = 4000;
const FRESH = { cache: "no-cache" };

async function keep(address) {
  const answer = await fetch(address, FRESH);
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  await (await caches.open(KEPT)).put(address, answer);
}

addEventListener("install", (event) => {
  event.waitUntil(Promise.all([VAN.page, ...VAN.files].map(keep)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("van-") && name !== KEPT);
    await Promise.all(names.map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(old());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (VAN.files.includes(pathname)) event.respondWith(file(request, pathname));
});

/** The network's page when it comes in time, else the one that is kept; any other page without coverage leads to it. */
async function page(event, path) {
  const kept = () => caches.match(VAN.page, { cacheName: KEPT });
  const asked = fetch(event.request);
  if (path === VAN.page) event.waitUntil(asked.then(remember).catch(() => {}));
  try {
    const late = new Promise((_, reject) => { setTimeout(reject, PATIENCE_MS, new Error("late")); });
    return await Promise.race(path === VAN.page && (await kept()) ? [asked, late] : [asked]);
  } catch (error) {
    const answer = await kept();
    if (!answer) throw error;
    return path === VAN.page ? answer : Response.redirect(VAN.page, 302);
  }
}

async function remember(answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic") return;
  const copy = answer.clone(); // before anybody reads it
  await (await caches.open(KEPT)).put(VAN.page, copy);
}

/** Files come fresh when the line is there, so that page and scripts are of one version; else as they were kept. */
async function file(request, path) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(path, { cacheName: KEPT });
    if (!kept) throw error;
    return kept;
  }
}
