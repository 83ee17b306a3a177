// Keeps a walk's page on the phone. It serves only what lies under /walk/ and the files that such a page put aside.
const KEPT = "walk-page";
const PATIENCE_MS = 4000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

async function fresh(request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(request, { signal: patience.signal });
  } finally {
    clearTimeout(timer);
  }
}

// The net first, since a walk's stops may change until it begins; what was put aside when there is none.
async function netFirst(request, path) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fresh(request);
    if (answer.ok && await kept.match(path)) await kept.put(path, answer.clone());
    return answer;
  } catch (error) {
    const aside = await kept.match(path);
    if (aside) return aside;
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" || pathname.startsWith("/static/")) event.respondWith(netFirst(event.request, pathname));
});
