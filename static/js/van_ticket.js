// One lamp: on site, what was done, was it tried, done. Every press is kept at once, so that nothing is pressed twice.
import { inPauses } from "./typing.js";
import { all, get, write } from "./van_store.js";
import { claim, keepVisit } from "./van_sync.js";
import { begin, chosen, clock, copy, fill, inDays, make, say, show, tile, words, wrong } from "./van_page.js";
import { PHOTOS_MAX, smaller } from "./van_photo.js";
import { plan, positionFacts } from "./van_place.js";
import { mendedHere, refreshAway } from "./van_list.js";

const NEWS_IN_DAYS = 7;
const COMMON = 8;

export async function showTicket(day, stop, { finish, failed }) {
  const isWanted = begin();
  const draft = (await get("drafts", stop.id)) ?? { id: stop.id, arrived_at: stop.arrived_at, made_safe_at: stop.made_safe_at, action: "", cause: "", test: "", lamp_id: null, parts: "", note: "", photos: [], done: "" };
  const $page = copy("ticket", {
    pole: stop.pole || say("no_pole"), title: `${stop.reference} · ${stop.fault}`, priority: `${stop.priority} ${stop.priority_reason}`,
    due: say(stop.overdue ? "late" : "due", { day: stop.due_on }), lift: stop.needs_lift ? say("lift") : "", road: stop.needs_road_plan ? say("road") : "", claim: stop.claim,
  });
  $page.querySelector("[data-away]").dataset.ticket = stop.id;
  $page.querySelector('[data-f="priority"]').classList.add(stop.priority);
  const work = { day, stop, draft, $page, finish, failed };
  await setUpLamps(work);
  setUpWork(work);
  setUpEnds(work);
  setUpPoles(work);
  await setUpPlace(work);
  stage(work);
  if (!(await isWanted())) return;
  show($page);
  refreshAway($page, day.stops);
}

const { typed, over } = inPauses((work) => keep(work, {}));

async function keep({ draft, failed }, change) {
  over();
  Object.assign(draft, change, { changed_at: Date.now() });
  await write(["drafts", "put", draft]).catch(failed);
}

/** Say whether the phone alone knows that somebody is there; it goes off with the visit. */
const isHere = ({ stop, draft }) => Boolean(draft.arrived_at) && draft.arrived_at !== stop.arrived_at;

/** Show the step that is next. */
function stage(work) {
  const { stop, draft, $page } = work;
  $page.querySelector('[data-stage="out"]').hidden = Boolean(draft.arrived_at);
  $page.querySelector('[data-stage="in"]').hidden = !draft.arrived_at;
  $page.querySelector("[data-not-here]").hidden = !isHere(work) || Boolean(draft.made_safe_at);
  $page.querySelector("[data-danger]").hidden = stop.priority !== "P1" || Boolean(draft.made_safe_at);
  fill($page, {
    arrived: draft.arrived_at ? say(isHere(work) ? "arrived_here" : "arrived", { time: clock(draft.arrived_at) }) : "",
    photo: draft.photos.length ? say("photo_taken", { n: draft.photos.length }) : say(stop.needs_photo ? "photo_needed" : "photo"),
  });
}

function setUpWork(work) {
  const { day, stop, draft, $page } = work;
  const actions = day.actions[stop.fault_code] ?? Object.keys(words.actions);
  const tiles = actions.map((code) => tile("action", code, words.actions[code], { checked: draft.action === code }));
  $page.querySelector("[data-common]").append(...tiles.slice(0, COMMON));
  $page.querySelector("[data-rarer]").append(...tiles.slice(COMMON));
  for (const name of ["test", "cause"]) {
    for (const $input of $page.querySelectorAll(`input[name="${name}"]`)) $input.checked = draft[name] === $input.value;
  }
  for (const $text of $page.querySelectorAll("[data-text]")) $text.value = draft[$text.dataset.text];
  $page.addEventListener("change", ({ target }) => {
    wrong($page, ""); // what was missing may be there now; the press says it again if not
    if (["action", "test", "cause"].includes(target.name)) keep(work, { [target.name]: target.value });
    if (target.dataset.text) keep(work, { [target.dataset.text]: target.value });
  });
  $page.addEventListener("input", ({ target }) => { // a press elsewhere does not end the typing in every browser
    if (!target.dataset.text) return;
    draft[target.dataset.text] = target.value;
    typed(work);
  });
  $page.querySelector("[data-arrive]").addEventListener("click", async () => {
    await keep(work, { arrived_at: new Date().toISOString() });
    stage(work);
    const taken = await claim(stop.id);
    if (taken) fill($page, { claim: taken });
  });
  $page.querySelector("[data-not-here]").addEventListener("click", async () => { // the wrong lamp, or not there yet
    await keep(work, { arrived_at: stop.arrived_at });
    stage(work);
    $page.querySelector("[data-arrive]").focus();
  });
  $page.querySelector("[data-safe]").addEventListener("click", async () => {
    await keep(work, { made_safe_at: new Date().toISOString() });
    stage(work);
  });
  $page.querySelector("[data-photo]").addEventListener("change", async ({ target }) => {
    const made = await Promise.all([...target.files].map(smaller));
    await keep(work, { photos: [...draft.photos, ...made].slice(0, PHOTOS_MAX) });
    target.value = "";
    stage(work);
  });
  $page.querySelector("[data-repaired]").addEventListener("click", () => repaired(work));
}

/** The lamps of a ticket that has several: those that are left are ticked, and whoever mended only some takes the others away. */
async function setUpLamps(work) {
  const { day, stop, draft, $page } = work;
  const there = await mendedHere(day, stop);
  work.left = stop.lamps.filter((lamp) => !there.has(lamp.id));
  $page.querySelector("[data-lamps]").hidden = !stop.lamps.length;
  $page.querySelector("[data-own-lamps]").append(...stop.lamps.map((lamp) => {
    const $tile = tile("own-lamp", lamp.id, there.has(lamp.id) ? say("mended_already", { pole: lamp.pole }) : lamp.pole, { type: "checkbox", checked: !draft.unticked?.includes(lamp.id) });
    $tile.querySelector("input").disabled = there.has(lamp.id);
    return $tile;
  }));
  work.ticked = () => work.left.filter((lamp) => $page.querySelector(`#own-lamp-${lamp.id}`).checked).map((lamp) => lamp.id);
  const draw = () => fill($page, { repaired: work.left.length > work.ticked().length ? say("repaired_some", { n: work.ticked().length, all: work.left.length }) : say("repaired") });
  $page.querySelector("[data-lamps]").addEventListener("change", () => {
    const ticked = work.ticked();
    keep(work, { unticked: work.left.map((lamp) => lamp.id).filter((id) => !ticked.includes(id)) });
    draw();
  });
  draw();
}

async function repaired(work) {
  const { stop, draft, $page, left, ticked } = work;
  const lampIds = ticked();
  await keep(work, { action: chosen($page, "action"), test: chosen($page, "test"), cause: chosen($page, "cause") });
  if (stop.priority === "P1" && !draft.made_safe_at) return wrong($page, say("choose_safe"));
  if (left.length && !lampIds.length) return wrong($page, say("choose_lamp"));
  if (!draft.action) return wrong($page, say("choose_action"));
  if (stop.needs_photo && !draft.photos.length && !stop.photos_after) return wrong($page, say("choose_photo"));
  return end(work, "repaired", {
    action_code: draft.action, cause_code: draft.cause, switch_on_test: draft.test ? draft.test === "yes" : null,
    parts: draft.parts, note: draft.note, lamp_ids: left.length ? lampIds : [],
  }, left.length - lampIds.length);
}

/** Keep the visit; with lamps `left` the stop stays on the round. */
async function end({ stop, draft, finish, failed }, outcome, facts = {}, left = 0) {
  over();
  try {
    const arrived = draft.arrived_at ?? new Date().toISOString(); // whoever says how it is has been there
    const item = await keepVisit({ stop, draft: { ...draft, arrived_at: arrived }, photos: draft.photos, left, outcome, note: draft.note, ...positionFacts(), ...facts });
    finish({ item, title: left ? say("done_some", { pole: item.pole, n: facts.lamp_ids.length, left }) : undefined });
  } catch (error) {
    failed(error);
  }
}

function setUpEnds(work) {
  const { day, draft, $page } = work;
  for (const $day of $page.querySelectorAll("[data-next-on]")) {
    $day.value = inDays(NEWS_IN_DAYS);
    $day.min = inDays(0);
  }
  $page.querySelector('input[name="wait"]').checked = true;
  $page.querySelector("[data-owners]").append(...[...day.owners, say("unknown_owner")].map((name) => tile("owner", name, name)));
  for (const $out of $page.querySelectorAll("[data-out]")) {
    $out.querySelector("[data-end]")?.addEventListener("click", () => ended(work, $out));
    if ($out.querySelector("[data-wrong]")) $out.addEventListener("change", () => wrong($out, ""));
  }
  if (draft.ended) writeBack($page, draft.ended);
}

/** Open the way out that a visit had which was taken back, with what was written. */
function writeBack($page, { outcome, next_on: nextOn, reason }) {
  const $wait = $page.querySelector(`input[name="wait"][value="${outcome}"]`);
  const $out = $page.querySelector(`[data-out="${$wait ? "waiting" : outcome}"]`);
  const [$day, $reason] = [$out.querySelector("[data-next-on]"), $out.querySelector("[data-reason]")];
  $out.open = true;
  if ($wait) $wait.checked = true;
  if ($day && nextOn) $day.value = nextOn;
  if ($reason) $reason.value = reason ?? "";
  for (const $owner of $out.querySelectorAll('input[name="owner"]')) $owner.checked = $owner.value === reason;
}

function ended(work, $out) {
  const outcome = $out.dataset.out;
  const nextOn = $out.querySelector("[data-next-on]");
  if (nextOn && (!nextOn.value || nextOn.value < inDays(0))) {
    nextOn.setCustomValidity(say("choose_day"));
    return nextOn.reportValidity();
  }
  if (outcome === "forwarded") {
    const owner = chosen($out, "owner");
    return owner ? end(work, outcome, { reason: owner }) : wrong($out, say("choose_owner"));
  }
  const reason = $out.querySelector("[data-reason]")?.value ?? "";
  const facts = nextOn ? { next_on: nextOn.value, reason } : {};
  return end(work, outcome === "waiting" ? chosen($out, "wait") : outcome, facts);
}

/** Another pole than the ticket says: one press, and the big number changes. */
function setUpPoles(work) {
  const { stop, draft, $page } = work;
  const $around = $page.querySelector("[data-around]");
  const draw = () => {
    const lampId = draft.lamp_id ?? stop.lamp_id;
    $page.querySelector("[data-plan]").replaceChildren(plan(stop, lampId));
    const other = stop.around.find((lamp) => lamp.id === draft.lamp_id);
    fill($page, { pole: other?.pole ?? stop.pole ?? say("no_pole") });
  };
  $around.append(...stop.around.map((lamp) => tile("lamp", lamp.id, `${lamp.pole} · ${say("metres", { m: lamp.m })}`, { checked: lamp.id === (draft.lamp_id ?? stop.lamp_id) })));
  $around.addEventListener("change", async ({ target }) => {
    const lampId = Number(target.value);
    await keep(work, { lamp_id: lampId === stop.lamp_id ? null : lampId });
    draw();
  });
  draw();
}

async function setUpPlace({ stop, $page }) {
  const rows = [
    ["why", `${stop.priority} ${stop.priority_reason}`], ["where", stop.directions], ["area", stop.district], ["lamp", stop.lamp_text],
    ["owner", stop.owner], ["before", stop.times > 1 ? say("times", { n: stop.times }) : ""], ["waits", stop.waiting], ["visits", stop.visits.join(" · ")],
  ];
  const $facts = $page.querySelector("[data-facts]");
  for (const [name, text] of rows) if (text) $facts.append(make("dt", say(name)), make("dd", text));
  $page.querySelector("[data-map]").href = `geo:${stop.lat},${stop.lon}`;
  const $correct = $page.querySelector("[data-correct]");
  $correct.href = `#pole/${stop.lamp_id ?? 0}/${stop.id}`;
  $page.querySelector("[data-reports]").append(...stop.reports.map(({ day, what, text }) => {
    const $report = make("li", `${day}: ${what}`);
    if (text) $report.append(make("br"), make("bdi", text));
    return $report;
  }));
  const kept = new Map((await all("photos")).map((photo) => [photo.address, photo.blob]));
  for (const address of stop.photos) {
    const $image = make("img", "", { alt: say("photo_alt"), loading: "lazy" });
    $image.src = kept.has(address) ? URL.createObjectURL(kept.get(address)) : address;
    $page.querySelector("[data-photos]").append($image);
  }
}
