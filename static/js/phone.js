// On every page for residents: sends what waits (on opening, on coverage, on coming back), says how much, keeps the pages.
import { idle } from "./idle.js";
import { all } from "./phone_store.js";
import { sendAll } from "./outbox.js";

const COUNT = "waiting";
const YEAR_S = 31_536_000;
const AGAIN_MS = 30_000;
const $link = document.querySelector("[data-mine]");

/** Say how many wait, in the link, on the home screen's icon and in a cookie that outlives a storage that is cleared. */
async function count() {
  const rows = await all("outbox").catch(() => null);
  if (!rows) return;
  const { length } = rows;
  const refused = rows.filter(({ state }) => state === "refused").length;
  if ($link) $link.textContent = named(refused || length, refused ? "refused" : length ? "waiting" : "none");
  if (refused) sayOnce($link?.dataset.mend);
  if (navigator.setAppBadge) (length ? navigator.setAppBadge(length) : navigator.clearAppBadge()).catch(() => {});
  const before = remembered();
  if (before > 0 && length === 0 && (await isCleared())) say($link?.dataset.evicted.replace("{n}", before));
  if (length !== before) document.cookie = `${COUNT}=${length}; path=/; max-age=${length ? YEAR_S : 0}; samesite=lax`;
}

/** Whether nothing at all is left here: what was sent while no page was open has left its receipt. */
async function isCleared() {
  const kept = await Promise.all(["receipts", "drafts", "places"].map(all));
  return kept.every((rows) => rows.length === 0);
}

const remembered = () => Number(document.cookie.match(/(?:^|; )waiting=(\d+)/)?.[1] ?? 0);

const named = (n, word) => $link.dataset[word].replace("{n}", n);

let isSaid = Boolean(document.querySelector("[data-phone]")); // “I telefonen” says it beside each report

function sayOnce(text) {
  if (!isSaid) say(text);
  isSaid = true;
}

/** A sentence at the top of the page about something that happened behind it. */
function say(text) {
  const $note = document.createElement("p");
  $note.className = "note wait";
  $note.setAttribute("role", "status");
  document.querySelector("#content").prepend($note);
  $note.textContent = text;
}

async function send() {
  if (navigator.onLine === false) return;
  await sendAll().catch(() => {});
}

/** The browser may wake us when there is coverage, even with the page closed; where it cannot, we try when we are opened. */
async function askToBeWoken() {
  const rows = await all("outbox").catch(() => []);
  if (!rows.some((row) => row.state === "waiting")) return;
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register("outbox").catch(() => {});
}

addEventListener("phone:newer", () => say($link?.dataset.newer), { once: true });
addEventListener("phone:changed", () => { count(); askToBeWoken(); });
addEventListener("online", send);
addEventListener("pageshow", (event) => event.persisted && send());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
setInterval(() => document.visibilityState === "visible" && send(), AGAIN_MS);
idle().then(count).then(send);

// --- the service worker, after the page itself has come -----------------------------------------------------------------

/** Now when nothing has been written, otherwise when the page is put away (drafts stay); never over what no draft keeps. */
function whenSafe(act) {
  if (!document.documentElement.dataset.touched) act();
  else document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && whenSafeNow(act), { once: true });
}

const whenSafeNow = (act) => document.documentElement.dataset.touched !== "unkept" && act();
const takeOver = (worker) => whenSafe(() => worker.postMessage("take over"));

function follow(worker) {
  if (!worker || !navigator.serviceWorker.controller) return;
  if (worker.state === "installed") takeOver(worker);
  else worker.addEventListener("statechange", () => worker.state === "installed" && takeOver(worker));
}

function watch(registration) {
  follow(registration.waiting);
  follow(registration.installing); // found before this page looked: no event will tell
  registration.addEventListener("updatefound", () => follow(registration.installing));
}

async function keepPages() {
  const wasKept = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => wasKept && whenSafe(() => location.reload()), { once: true });
  const registration = await navigator.serviceWorker.register("/sw.js", { type: "module", updateViaCache: "none" });
  watch(registration);
  // An old worker that is to give way is not given work: the browser would let it stay until it has had nothing to do for long.
  if (!registration.waiting) navigator.serviceWorker.controller?.postMessage({ opened: location.pathname });
}

if (navigator.serviceWorker) {
  const begin = () => idle().then(keepPages).catch(() => {}); // without it everything works, as long as there is coverage
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);
}
