// Today's round on the phone: what is shown, when it is fetched, when visits are sent.
import { all, get, keptDay, whenChanged, write } from "./van_store.js";
import { fetchDay, sendAll } from "./van_sync.js";
import { doneVisits, refreshAway, showList, showSync } from "./van_list.js";
import { showMany } from "./van_many.js";
import { showPatrol, showPole } from "./van_forms.js";
import { showNight } from "./van_night.js";
import { say } from "./van_page.js";
import { followAsBefore, position } from "./van_place.js";
import { showTicket } from "./van_ticket.js";

const AGAIN_MS = 20_000;
const REFETCH_MS = 10 * 60_000;

let day = null;
let finished = null;
let timer = 0;
let shown = "";
let lastOutcome = "";

function failed() {
  const $bar = document.querySelector("[data-sync]");
  $bar.querySelector("[data-sync-text]").textContent = say("full");
  $bar.hidden = false;
}

async function route() {
  if (!day) return;
  const hash = location.hash;
  shown = hash;
  const stops = (ids) => day.stops.filter((stop) => ids.includes(stop.id));
  const [stop] = stops([Number(hash.slice(2))]);
  if (hash === "#night") await showNight(day, { pressed: soon, failed });
  else if (hash.startsWith("#many/")) await showSection(stops(hash.slice(6).split(",").map(Number)));
  else if (hash.startsWith("#patrol")) await showPatrol(day, hash.split("/")[1], { kept: finish, failed });
  else if (hash.startsWith("#pole/")) await showPole(day, ...hash.split("/").slice(1, 3).map(Number), hash.split("/")[3], { kept: finish, failed });
  else if (hash.startsWith("#t") && stop) await showTicket(day, stop, { finish, failed });
  else {
    await showList(day, { redraw, regretted, fetchAgain, finished });
    return;
  }
  finished = null;
}

async function showSection(stops) {
  const done = await doneVisits(day);
  const left = stops.filter((stop) => !done.has(stop.id));
  if (left.length) await showMany(day, left, { finish, failed });
  else location.hash = "";
}

/** A visit is kept: back to the round, which says so and where to go next. */
async function finish(what) {
  finished = what;
  soon();
  if (location.hash && location.hash !== "#") location.hash = "";
  else await route();
}

async function redraw(hash) {
  if (hash && hash !== location.hash) location.hash = hash;
  else await route();
  soon();
}

/** What was just done is taken back: nothing says any more that it is done. */
async function regretted(hash) {
  finished = null;
  await redraw(hash);
}

async function fetchAgain() {
  const answer = await fetchDay(position());
  day = answer.day ? await keptDay() : day;
  await showSync(answer.problem ?? lastOutcome, day?.staff.id);
  if (answer.day && day) keepPhotos(); // whoever signs out in that moment has no day any more
  if (isCalm()) await route();
  return answer.problem;
}

/** Nothing under somebody's thumb is drawn anew while they work on it. */
const isCalm = () => shown === "" || shown === "#";

/** Send what waits when it may go, and ask again later while anything is left. */
async function send() {
  clearTimeout(timer);
  lastOutcome = await sendAll();
  const waiting = (await all("outbox")).filter((item) => item.state === "waiting" && item.staff_id === day?.staff.id);
  await showSync(lastOutcome, day?.staff.id);
  if (isCalm()) await route();
  if (waiting.length) timer = setTimeout(send, pause(waiting));
}

function pause(waiting) {
  if (lastOutcome === "offline" || lastOutcome === "signin" || lastOutcome === "unavailable") return AGAIN_MS;
  return Math.max(200, Math.min(...waiting.map((item) => item.not_before)) - Date.now() + 50);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(send, 200);
}

/** Photos of the day are kept as they are, so that they are there in the forest too. */
async function keepPhotos() {
  const wanted = day.stops.flatMap((stop) => stop.photos);
  const gone = (await all("photos")).filter((photo) => !wanted.includes(photo.address));
  await write(...gone.map((photo) => ["photos", "delete", photo.address]));
  for (const address of wanted) {
    if (await get("photos", address)) continue;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok && !answer.redirected) await write(["photos", "put", { address, blob: await answer.blob() }]);
  }
}

async function begin() {
  day = await keptDay();
  if (day) await route();
  await followAsBefore(() => refreshAway(document, day ? [...day.stops, ...day.night] : []));
  const problem = await fetchAgain();
  if (problem && !day) return; // the list that came with the page stands
  await send();
}

addEventListener("hashchange", route);
addEventListener("online", () => { fetchAgain().then(send); });
addEventListener("offline", () => showSync("offline", day?.staff.id));
document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
document.querySelector("[data-send]").addEventListener("click", () => send());
whenChanged(() => { if (isCalm()) route(); });
setInterval(() => { if (navigator.onLine && isCalm()) fetchAgain(); }, REFETCH_MS);
navigator.serviceWorker?.register("/technician/worker.js", { scope: "/technician/" }).catch(() => {});
begin().catch(failed);
