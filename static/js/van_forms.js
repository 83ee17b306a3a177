// What the patrol finds and what the register has wrong, written where there is no coverage: the same forms as on their own
// pages, kept on the phone and sent when they can be. Each carries a number, so that one that was sent twice counts once.
import { get, write } from "./van_store.js";
import { keepForm } from "./van_sync.js";
import { begin, chosen, copy, fill, say, show, tile, words, wrong } from "./van_page.js";
import { away, follow, position, wishToFollow } from "./van_place.js";

const NEAR_M = 300;
const NEAR_MOST = 6;
const HERE = 5; // decimals of a position: about a metre

/** A fault that somebody sees on the way: at a pole around, by its number, or where the van stands. */
export async function showPatrol(day, clientId, { kept, failed }) {
  const isWanted = begin();
  const before = clientId ? await get("outbox", clientId) : null;
  const $page = copy("patrol", {});
  $page.querySelector("[data-faults]").append(...Object.entries(words.patrol_faults).map(([code, word], at) => tile("fault_code", code, word, { checked: before ? before.fields.fault_code === code : at === 0 })));
  const { place, placeOf } = setUpPlace($page, day, before);
  writeBack($page, before);
  $page.querySelector("[data-keep]").addEventListener("click", async () => {
    const fields = { ...textsOf($page), fault_code: chosen($page, "fault_code"), ...placeOf() };
    if (!fields.pole && !fields.lamp_id && !fields.lat) return wrong($page, say("choose_pole"));
    if (words.dangerous.includes(fields.fault_code) && !fields.called_whom) return wrong($page, say("choose_call"));
    const title = `${placeName(day, fields)}: ${words.patrol_faults[fields.fault_code]}`;
    return keep({ address: words.patrol_address, fields, title, before }, kept, failed);
  });
  if (!(await isWanted())) return;
  show($page);
  place();
}

/** What is wrong with a pole in the register, or a pole that the register does not have. */
export async function showPole(day, lampId, ticketId, clientId, { kept, failed }) {
  const isWanted = begin();
  const before = clientId ? await get("outbox", clientId) : null;
  const lamp = polesOf(day).find(({ id }) => id === lampId);
  const $page = copy("pole", { pole: lamp?.pole ?? (lampId ? "" : say("new_pole")) });
  const $kinds = $page.querySelector("[data-kinds]");
  if (lampId) $kinds.append(...words.correction_kinds.map(([code, word]) => tile("kind", code, word, { checked: before?.fields.kind === code })));
  $kinds.closest("fieldset").hidden = !lampId;
  const { place, placeOf } = setUpPlace($page, day, before);
  writeBack($page, before);
  $page.querySelector("[data-keep]").addEventListener("click", async () => {
    const kind = lampId ? chosen($page, "kind") : "added";
    const fields = { ...textsOf($page), ...placeOf(), ...(lampId ? { kind } : {}), ...(ticketId ? { ticket_id: ticketId } : {}) };
    if (!kind) return wrong($page, say("choose_kind"));
    if (["moved", "added"].includes(kind) && !fields.lat) return wrong($page, say("choose_place"));
    if (kind === "number" && !fields.pole_number) return wrong($page, say("choose_number"));
    if (kind === "other" && !fields.note) return wrong($page, say("choose_note"));
    const title = `${lamp?.pole ?? say("new_pole")}: ${Object.fromEntries(words.correction_kinds)[kind] ?? say("new_pole_kind")}`;
    return keep({ address: words.pole_address.replace("/0", lampId ? `/${lampId}` : "/new"), fields, title, before }, kept, failed);
  });
  if (!(await isWanted())) return;
  show($page);
  place();
}

async function keep({ before, ...form }, kept, failed) {
  try {
    const item = await keepForm(form);
    if (before) await write(["outbox", "delete", before.client_id]);
    await kept({ item, title: form.title });
  } catch (error) {
    failed(error);
  }
}

/** Where it is: the phone's position when it has one, poles that the day knows around it. */
function setUpPlace($page, day, before) {
  const $around = $page.querySelector("[data-around]");
  const $status = $page.querySelector("[data-place-status]");
  const fields = before?.fields ?? {};
  const draw = () => {
    const here = position();
    fill($page, { here: here ? say("here", { m: Math.max(1, Math.round(here.accuracy)) }) : fields.lat ? say("here_before") : "" });
    if (!$around || !here || $around.contains(document.activeElement) || $around.querySelector("input:checked")) return;
    const near = polesOf(day).map((lamp) => ({ ...lamp, metres: away(lamp).metres })).filter(({ metres }) => metres <= NEAR_M).sort((a, b) => a.metres - b.metres).slice(0, NEAR_MOST);
    $around.replaceChildren(...near.map((lamp) => tile("lamp_id", lamp.id, `${lamp.pole} · ${say("metres", { m: Math.round(lamp.metres) })}`, { checked: String(lamp.id) === fields.lamp_id })));
  };
  $page.querySelector("[data-position]").addEventListener("click", async () => {
    $status.textContent = say("searching");
    await wishToFollow();
    follow(() => { $status.textContent = ""; draw(); }, () => { $status.textContent = say("no_position"); });
    draw();
  });
  const placeOf = () => {
    const here = position();
    const lampId = chosen($page, "lamp_id");
    const at = here ? { lat: here.lat.toFixed(HERE), lon: here.lon.toFixed(HERE) } : fields.lat ? { lat: fields.lat, lon: fields.lon } : {};
    return { ...at, ...(lampId ? { lamp_id: lampId } : {}) };
  };
  return { place: draw, placeOf };
}

const polesOf = (day) => [...new Map(day.stops.flatMap((stop) => stop.around).map((lamp) => [lamp.id, lamp])).values()];

function placeName(day, fields) {
  return fields.pole || polesOf(day).find(({ id }) => String(id) === fields.lamp_id)?.pole || say("at_position");
}

function textsOf($page) {
  return Object.fromEntries([...$page.querySelectorAll("[data-field]")].map(($input) => [$input.name, $input.value.trim()]));
}

function writeBack($page, before) {
  for (const $input of $page.querySelectorAll("[data-field]")) $input.value = before?.fields[$input.name] ?? $input.value;
}

