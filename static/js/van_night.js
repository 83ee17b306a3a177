// The evening round: one press per pole, lit or not lit; a wrong press can be regretted for as long as it is on the phone.
import { all } from "./van_store.js";
import { keepVisit, regret } from "./van_sync.js";
import { begin, copy, fill, say, show, words } from "./van_page.js";
import { positionFacts } from "./van_place.js";
import { refreshAway, seenAtNight } from "./van_list.js";

export async function showNight(day, { pressed, failed }) {
  const isWanted = begin();
  const done = await seenAtNight(day);
  const waiting = new Map((await all("outbox")).map((item) => [item.ticket_id, item]));
  const lamps = day.night.filter((lamp) => !done.has(lamp.id) || waiting.has(lamp.id));
  const $page = copy("night");
  const left = () => fill($page, { left: say("left", { n: $page.querySelectorAll("[data-choices]:not([hidden])").length }) });
  $page.querySelector("[data-nothing]").hidden = lamps.length > 0;
  $page.querySelector("[data-lamps]").append(...lamps.map((lamp) => lampPart(lamp, waiting.get(lamp.id), { pressed, failed, left })));
  left();
  if (!(await isWanted())) return;
  show($page);
  refreshAway($page, day.night);
}

function lampPart(lamp, item, { pressed, failed, left }) {
  const $lamp = copy("night-lamp", { pole: lamp.pole || lamp.reference, what: say("mended", { fault: lamp.fault, day: lamp.repaired_on }) });
  $lamp.querySelector("[data-away]").dataset.ticket = lamp.id;
  let kept = item;
  const draw = () => {
    $lamp.querySelector("[data-choices]").hidden = Boolean(kept);
    $lamp.querySelector("[data-chosen]").hidden = !kept;
    $lamp.classList.toggle("pressed", Boolean(kept));
    fill($lamp, { chosen: kept ? words.outcomes[kept.visit.outcome] : "" });
  };
  const press = async (outcome) => {
    try {
      kept = await keepVisit({ stop: lamp, outcome, ...positionFacts() });
      draw();
      left();
      pressed();
    } catch (error) {
      failed(error);
    }
  };
  $lamp.querySelector("[data-lit]").addEventListener("click", () => press("lit"));
  $lamp.querySelector("[data-dark]").addEventListener("click", () => press("not_lit"));
  $lamp.querySelector("[data-regret]").addEventListener("click", async ({ currentTarget }) => {
    if (await regret(kept.client_id)) kept = null;
    else currentTarget.hidden = true;
    draw();
    left();
  });
  draw();
  return $lamp;
}
