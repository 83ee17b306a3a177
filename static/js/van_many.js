// A whole section in one go: who hangs on it is already ticked; each lamp gets a visit of its own.
import { get } from "./van_store.js";
import { keepVisit } from "./van_sync.js";
import { begin, chosen, copy, fill, say, show, tile, words, wrong } from "./van_page.js";
import { PHOTOS_MAX, smaller } from "./van_photo.js";
import { positionFacts } from "./van_place.js";

export async function showMany(day, stops, { finish, failed }) {
  const isWanted = begin();
  const $page = copy("many", { title: say("many", { name: stops[0].group_name }) });
  const arrived = new Date().toISOString();
  let photos = [];
  $page.querySelector("[data-stops]").append(...stops.map((stop) => tile("stop", stop.id, [stop.pole || stop.directions || stop.district || stop.reference, stop.fault].join(" · "), { type: "checkbox", checked: true })));
  const actions = day.actions[stops[0].fault_code] ?? Object.keys(words.actions);
  $page.querySelector("[data-common]").append(...actions.map((code) => tile("action", code, words.actions[code])));
  const ticked = () => stops.filter((stop) => $page.querySelector(`#stop-${stop.id}`).checked);
  const needed = () => ticked().some((stop) => stop.needs_photo);
  const draw = () => {
    $page.querySelector("[data-repaired]").textContent = say("many_button", { n: ticked().length });
    fill($page, { photo: photos.length ? say("photo_taken", { n: photos.length }) : say(needed() ? "photo_needed" : "photo") });
  };
  $page.addEventListener("change", draw);
  $page.querySelector("[data-photo]").addEventListener("change", async ({ target }) => {
    photos = [...photos, ...(await Promise.all([...target.files].map(smaller)))].slice(0, PHOTOS_MAX);
    target.value = "";
    draw();
  });
  $page.querySelector("[data-repaired]").addEventListener("click", async () => {
    const action = chosen($page, "action");
    const test = chosen($page, "test");
    if (!ticked().length) return wrong($page, say("choose_lamp"));
    if (!action) return wrong($page, say("choose_action"));
    if (needed() && !photos.length) return wrong($page, say("choose_photo"));
    try {
      const items = [];
      for (const stop of ticked()) {
        const begun = (await get("drafts", stop.id)) ?? { id: stop.id, photos: [] };
        const draft = { ...begun, arrived_at: begun.arrived_at ?? arrived };
        items.push(await keepVisit({ stop, draft, photos, outcome: "repaired", action_code: action, switch_on_test: test ? test === "yes" : null, ...positionFacts() }));
      }
      return finish({ item: items[0], items, title: say("many_done", { n: items.length }) });
    } catch (error) {
      return failed(error);
    }
  });
  draw();
  if (!(await isWanted())) return;
  show($page);
}
