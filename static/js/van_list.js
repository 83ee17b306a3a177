// Today's round: what is left in the order of driving, what waits, what was refused and why, what is done.
import { all, fact, get, write } from "./van_store.js";
import { AT_NIGHT, regret, throwAway, tryAgain } from "./van_sync.js";
import { begin, clock, copy, fill, make, number, say, show, words } from "./van_page.js";
import { smaller } from "./van_photo.js";
import { awayWords, follow, wishToFollow } from "./van_place.js";

/** Return what is done by now: visits on the phone and visits sent since the day was fetched, by ticket. A visit that left
 *  lamps of its ticket is work that goes on. */
export async function doneVisits(day) {
  const rows = (await known(day)).filter((row) => !AT_NIGHT.includes(row.outcome) && !row.left);
  return new Map(rows.map((row) => [row.ticket_id ?? row.client_id, row]));
}

/** Return which lamps of a ticket are mended, as the day says and as visits on this phone have said since. */
export async function mendedHere(day, stop) {
  const waiting = (await all("outbox")).filter((item) => item.ticket_id === stop.id && item.state !== "refused").map((item) => item.visit.lamp_ids ?? []);
  const there = (await all("sent")).filter((item) => item.ticket_id === stop.id && item.at > Date.parse(day.kept_at)).map((item) => item.lamp_ids ?? []);
  return new Set([...stop.lamps.filter((lamp) => lamp.mended).map((lamp) => lamp.id), ...waiting.flat(), ...there.flat()]);
}

/** Return what was looked at on the evening round, by ticket. */
export async function seenAtNight(day) {
  const rows = (await known(day)).filter((row) => AT_NIGHT.includes(row.outcome));
  return new Map(rows.map((row) => [row.ticket_id, row]));
}

async function known(day) {
  const since = Date.parse(day.kept_at);
  const waiting = (await all("outbox")).filter((item) => item.state !== "refused").map((item) => ({ ...item, outcome: item.visit.outcome ?? "form" }));
  const there = (await all("sent")).filter((item) => item.at > since || ![...day.stops, ...day.night].some(({ id }) => id === item.ticket_id));
  return [...there, ...waiting];
}

export const leftOf = (day, done) => day.stops.filter((stop) => !done.has(stop.id));

export async function showList(day, { redraw, regretted, fetchAgain, finished }) {
  const isWanted = begin();
  const done = await doneVisits(day);
  const left = leftOf(day, done);
  const drafts = new Map((await all("drafts")).map((draft) => [draft.id, draft]));
  const seen = await seenAtNight(day);
  const night = day.night.filter((lamp) => !seen.has(lamp.id));
  const $list = copy("list", {
    sum: say("sum", { n: left.length, time: clock(day.kept_at) }), every: say("every", { n: day.open_in_all }),
    night: say("night", { n: night.length }),
  });
  $list.querySelector("[data-night-link]").hidden = !night.length;
  $list.querySelector("[data-nothing]").hidden = left.length > 0;
  $list.querySelector("[data-groups]").append(...groupsOf(left).map((group) => groupPart(group, drafts)));
  const fate = finished ? await fateOf(finished) : "gone";
  $list.querySelector("[data-told]").append(...(fate === "gone" ? [] : [finishedPart(finished, left, regretted, fate === "sent")]), ...(await refusedParts(day, redraw)), ...(await toldParts(redraw)));
  const $done = $list.querySelector("[data-done]");
  $done.append(...[...done.values(), ...seen.values()].map(({ pole, outcome }) => make("li", outcome === "form" ? pole : say("done_other", { pole, what: words.outcomes[outcome] }))));
  $list.querySelector("[data-done-head]").hidden = !done.size && !seen.size;
  const $place = $list.querySelector("[data-place-status]");
  $list.querySelector("[data-position]").addEventListener("click", async () => {
    $place.textContent = say("searching");
    await wishToFollow();
    follow(() => { $place.textContent = ""; refreshAway($list, day.stops); }, () => { $place.textContent = say("no_position"); });
  });
  $list.querySelector("[data-again]").addEventListener("click", async () => {
    $place.textContent = say("fetching");
    await fetchAgain();
  });
  if (!(await isWanted())) return;
  show($list);
  refreshAway($list, day.stops);
}

export function refreshAway($part, stops) {
  for (const $away of $part.querySelectorAll("[data-away][data-ticket]")) {
    const stop = stops.find(({ id }) => id === Number($away.dataset.ticket));
    const text = stop ? awayWords(stop) : "";
    $away.textContent = text;
    $away.hidden = !text;
  }
}

/** Neighbours in the order of driving that hang on the same cabinet are one group; danger stands by itself. */
function groupsOf(stops) {
  const groups = [];
  for (const stop of stops) {
    const key = stop.priority === "P1" ? `P1 ${stop.id}` : stop.group;
    const last = groups.at(-1);
    if (last?.key === key) last.stops.push(stop);
    else groups.push({ key, name: stop.group_name, stops: [stop] });
  }
  return groups;
}

/** Return the largest part of a group that one piece of work may end. */
function oneCause(stops) {
  const alike = stops.map(({ together }) => stops.filter((stop) => stop.together === together));
  return alike.reduce((largest, some) => (some.length > largest.length ? some : largest), []);
}

function groupPart({ name, stops }, drafts) {
  const $group = copy("group", { name });
  const closable = oneCause(stops.filter((stop) => stop.priority !== "P1" && stop.together));
  const $many = $group.querySelector("[data-many]");
  $many.hidden = closable.length < 2;
  $many.href = `#many/${closable.map((stop) => stop.id).join(",")}`;
  $group.querySelector("[data-stops]").append(...stops.map((stop) => stopPart(stop, drafts.get(stop.id))));
  return $group;
}

function stopPart(stop, draft) {
  const $stop = copy("stop", {
    pole: stop.pole || stop.reference, fault: stop.fault, where: stop.directions || (stop.section ? say("section", { name: stop.section }) : stop.district),
    priority: stop.priority, due: say(stop.overdue ? "late" : "due", { day: stop.due_on }),
    lamps: lampWords(stop),
    reports: stop.reports.length ? say("reports", { n: stop.reports.length }) : "", lift: stop.needs_lift ? say("lift") : "", road: stop.needs_road_plan ? say("road") : "",
    begun: draft?.arrived_at && !draft.done ? say("begun") : "", claim: stop.claim, waits: stop.waiting,
  });
  $stop.querySelector("[data-open]").href = `#t${stop.id}`;
  $stop.querySelector('[data-f="priority"]').classList.add(stop.priority);
  if (stop.overdue) $stop.querySelector('[data-f="due"]').classList.add("chip", "late");
  $stop.querySelector("[data-away]").dataset.ticket = stop.id;
  return $stop;
}

const formHash = ({ client_id: id, address, fields }) => (address === words.patrol_address ? `#patrol/${id}` : `#pole/${/\d+$/.exec(address)?.[0] ?? 0}/${fields.ticket_id ?? 0}/${id}`);

function lampWords({ lamps, lamps_affected: n }) {
  const left = lamps.filter((lamp) => !lamp.mended).length;
  if (left < lamps.length) return say("lamps_left_in", { n: lamps.length, left });
  return n > 1 ? say("lamps", { n }) : "";
}

/** Return what became of what was just done: "sent", "kept", or "gone" when some of it was refused or thrown away. */
async function fateOf({ item, items = [item] }) {
  const waiting = new Set((await all("outbox")).filter(({ state }) => state !== "refused").map(({ client_id }) => client_id));
  const there = new Set((await all("sent")).map(({ client_id }) => client_id));
  if (items.every(({ client_id }) => there.has(client_id))) return "sent";
  return items.every(({ client_id }) => there.has(client_id) || waiting.has(client_id)) ? "kept" : "gone";
}

/** What was just closed, the way to the next, and a few seconds to regret it. */
function finishedPart({ item, items = [item], title }, left, regretted, sent) {
  const outcome = item.visit.outcome ?? "form";
  const head = title ?? (outcome === "repaired" ? say("done_repaired", { pole: item.pole }) : say("done_other", { pole: item.pole, what: words.outcomes[outcome] }));
  const text = outcome === "broken_off" ? "done_private" : outcome === "form" ? "form_kept" : item.left ? "done_some_text" : "done_text";
  const $card = copy("finished", { head, text: say(sent && words[`${text}_sent`] ? `${text}_sent` : text) });
  const next = left[0];
  if (next) {
    const $next = $card.querySelector("[data-next]");
    const far = awayWords(next);
    $next.textContent = say(far ? "next_away" : "next", { pole: next.pole || next.reference, away: far });
    $next.href = `#t${next.id}`;
    $next.hidden = false;
  }
  const $regret = $card.querySelector("[data-regret]");
  $regret.addEventListener("click", async () => {
    const back = await Promise.all(items.map(({ client_id }) => regret(client_id)));
    if (back.some(Boolean)) await regretted(items.length === 1 && item.ticket_id ? `#t${item.ticket_id}` : "");
    else $regret.hidden = true;
  });
  const isGone = () => sent || (item.not_before <= Date.now() && navigator.onLine); // without coverage it is still in hand
  $regret.hidden = isGone();
  setTimeout(() => { $regret.hidden = isGone(); }, Math.max(item.not_before - Date.now(), 0) + 20);
  return $card;
}

async function toldParts(redraw) {
  const unread = (await all("sent")).filter((item) => !item.read && (item.explained.length || item.photo_problems.length));
  return unread.map((item) => {
    const $card = copy("told", { head: item.form ? item.pole : say("told", named(item)) });
    $card.querySelector("[data-lines]").append(...[...item.explained, ...item.photo_problems].map((line) => make("li", line)));
    $card.querySelector("[data-read]").addEventListener("click", async () => {
      await write(["sent", "put", { ...(await get("sent", item.client_id)), read: true }]);
      await redraw();
    });
    return $card;
  });
}

/** Return the page where a refused visit is written anew, or "" when the day no longer has its lamp. */
function pageOf(day, { kind, ticket_id: id, visit }) {
  if (kind === "form") return "";
  const [stops, hash] = AT_NIGHT.includes(visit.outcome) ? [day.night, "#night"] : [day.stops, `#t${id}`];
  return stops.some((stop) => stop.id === id) ? hash : "";
}

/** A lamp without a pole goes by its ticket, which is then not said twice. */
const named = (item) => (item.pole === item.reference ? { ...item, reference: "" } : item);

const isOf = (mine) => ({ staff_id: theirs }) => theirs === null || theirs === mine;

async function refusedParts(day, redraw) {
  const refused = (await all("outbox")).filter(isOf(day.staff.id)).filter((item) => item.state === "refused");
  return refused.map((item) => {
    const $card = copy("refused", { head: say("refused", named(item)) });
    const $change = $card.querySelector("[data-change]");
    $change.hidden = item.kind !== "form";
    if (item.kind === "form") $change.href = formHash(item);
    $card.querySelector("[data-lines]").append(...(item.errors.length ? item.errors : [item.title]).map((line) => make("li", line)));
    $card.querySelector("[data-photo-field]").hidden = item.kind === "form" || !item.fields?.includes("photos");
    $card.querySelector("[data-photo]").addEventListener("change", async ({ target }) => {
      await tryAgain(item.client_id, { photos: [...item.photos, await smaller(target.files[0])] });
      await redraw();
    });
    $card.querySelector("[data-retry]").addEventListener("click", async () => {
      await tryAgain(item.client_id);
      await redraw();
    });
    const page = pageOf(day, item);
    $card.querySelector("[data-mend]").hidden = !page;
    $card.querySelector("[data-mend]").addEventListener("click", async () => {
      if (await regret(item.client_id)) await redraw(page);
    });
    $card.querySelector("[data-throw]").addEventListener("click", async () => {
      if (!confirm(say("throw_away", item))) return;
      await throwAway(item.client_id);
      await redraw();
    });
    return $card;
  });
}

/** Say in the bar what waits, and what the line is like. */
export async function showSync(lastOutcome, mine) {
  const outcome = navigator.onLine ? lastOutcome : "offline";
  const $bar = document.querySelector("[data-sync]");
  const outbox = await all("outbox");
  const own = outbox.filter(isOf(mine));
  const waiting = own.filter((item) => item.state === "waiting");
  const refused = own.filter((item) => item.state === "refused").length;
  const here = new Set((await fact("day"))?.stops.map(({ id }) => id));
  const unmended = (await all("drafts")).filter(({ id, mends, done }) => mends && !done && here.has(id)).length;
  const others = outbox.length - own.length;
  const n = number(waiting.length);
  const line = { offline: "offline", signin: "signin", unavailable: "unavailable" }[outcome];
  const regret = !line && waiting.length > 0 && waiting.every((item) => item.not_before > Date.now());
  const texts = [
    line ? say(line, { n }) : "", waiting.length && line !== "signin" ? say(regret ? "soon" : "waiting", { n }) : "",
    refused ? say("refused_some", { n: refused }) : "", unmended ? say("unmended", { n: unmended }) : "",
    !line && !waiting.length && !refused && !unmended && outcome === "sent" ? say("sent") : "", others ? say("others", { n: others }) : "",
  ].filter(Boolean);
  fill($bar, {});
  $bar.querySelector("[data-sync-text]").textContent = texts.join(" ");
  $bar.querySelector("[data-send]").hidden = !waiting.length || regret || outcome === "signin";
  $bar.querySelector("[data-sign-in]").hidden = outcome !== "signin";
  $bar.dataset.state = line ?? (refused || unmended ? "refused" : waiting.length ? "waiting" : "sent");
  $bar.hidden = !texts.length;
}
