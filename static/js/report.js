// Makes the report kinder: one question a screen and position at once; a draft after every tap a moment later, and the rest
// while one answers.
import { idle } from "./idle.js";
import { setUpPlace } from "./place_picker.js";
import { setUpSteps } from "./report_steps.js";

const keeping = import("./report_draft.js"); // on its way already, and the first question does not wait for it

const $form = document.querySelector("[data-report-form]");
const asked = new URLSearchParams(location.search);
const isAgain = Boolean(document.querySelector(".error-summary, .error")); // shown again by the server: all of it at once

const RESUMED = new Set(["resumed", "without_place"]);
let told = "";

function tell(words, code) {
  if (told && RESUMED.has(code)) return; // a warning stays
  told = code;
  const $note = document.querySelector("[data-draft-note]");
  $note.hidden = false;
  $note.querySelector("[data-draft-text]").textContent = words[code] ?? words.closed;
  $note.querySelector("[data-draft-anew]").hidden = !RESUMED.has(code);
}

/** What the form opens with: a report to mend, else a draft, else a saved place or what the address says. */
async function begin({ fill, get }, draft, hold, steps, words) {
  const known = asked.get("mend") ? await get("outbox", asked.get("mend")) : undefined;
  const kept = (await draft.load()) ?? known;
  const place = asked.get("place") ? await get("places", asked.get("place")) : undefined;
  if (kept) {
    fill($form, kept.fields);
    hold(kept.photos);
    if (kept.step !== undefined) steps.show(kept.step);
    if (!known) tell(words.draft, kept.lostPlace ? "without_place" : "resumed");
  }
  if (kept?.fields.lat || kept?.fields.pole_number) return foundIn(known, kept);
  if (place?.lat !== undefined) {
    fill($form, { lat: [String(place.lat)], lon: [String(place.lon)], accuracy_m: [String(Math.round(place.accuracy_m))], method: ["gps"] });
  } else fillFromAddress(fill);
  return foundIn(known);
}

const foundIn = (known, kept) => ({ errors: known?.errors, placedAt: kept && (kept.placed_at || kept.at || kept.made_at) });

/** The page may have been kept on the phone since before: what the address says is read here. */
function fillFromAddress(fill) {
  for (const [name, field] of [["lat", "lat"], ["lon", "lon"], ["accuracy_m", "accuracy_m"], ["pole", "pole_number"]]) {
    const value = (asked.get(name) ?? "").slice(0, 40);
    if (value && $form.elements[field].value !== value) fill($form, { [field]: [value] }); // the server has seen most of it
  }
  if (asked.get("pole")) $form.elements.method.value = "qr";
}

if ($form) {
  const words = JSON.parse(document.querySelector("[data-report-words]").textContent);
  let draft = null;
  let photos = null; // comes with the rest; until then, what the draft held
  let held = [];
  let early = false; // somebody was faster than the draft
  const allPhotos = () => photos?.all() ?? held;
  const changed = (at) => {
    if (at > 0) place?.goOn(); // whoever goes on has seen the place
    if (draft) draft.changed();
    else early = true;
  };
  let place = null;
  let isAnswered = () => true; // comes with the rest
  const steps = isAgain ? null : setUpSteps($form, changed, ($step) => isAnswered($step));
  place = setUpPlace($form);
  $form.querySelector("[data-quick]").hidden = !(steps && asked.get("pole")); // who scanned a pole has said most of it
  $form.addEventListener("change", changed);
  early = false;

  const kept = keeping.then((keep) => {
    const id = keep.draftId(asked);
    if (!$form.elements.client_id.value) $form.elements.client_id.value = keep.newId();
    draft = keep.setUpDraft($form, id, { photos: allPhotos, step: () => steps?.current() ?? 0, place: () => place, say: (code) => tell(words.draft, code) });
    if (early) draft.changed(early);
    const forget = () => { draft.end(); return keep.write(["drafts", "delete", id]); };
    document.querySelector("#me-too")?.addEventListener("submit", () => { forget().catch(() => {}); });
    document.querySelector("[data-draft-anew]").addEventListener("click", () => { forget().finally(() => location.reload()); });
    const opened = isAgain ? Promise.resolve() : begin(keep, draft, (photosThere) => { held = photosThere; }, steps, words);
    const errors = opened.catch(() => fillFromAddress(keep.fill)).then((found) => {
      draft.opened();
      place?.begin(found?.placedAt, () => steps?.goTo("lat"));
      return found?.errors;
    });
    return { id, errors };
  });
  kept.catch(() => place?.begin());
  const rest = Promise.all([kept, idle().then(() => import("./report_send.js"))]).then(async ([{ id, errors: found }, { setUpRest }]) => {
    const errors = await found;
    const parts = setUpRest($form, { words, photos: allPhotos, draft, draftId: id, placeId: asked.get("place"), steps, errors, held, isSearching: () => place.isSearching() });
    ({ photos, isAnswered } = parts);
    return parts;
  });
  rest.catch(() => {});
  $form.addEventListener("submit", (event) => {
    // “Jag med” and what was begun without a script go their own way.
    if (event.submitter?.hasAttribute("formaction") || event.submitter?.name === "send_anyway" || $form.querySelector("[name=staged_photos]")) return;
    event.preventDefault();
    if (event.submitter?.hasAttribute("data-send-now")) steps?.goTo("photos"); // where it says what happens
    // Without the rest, the plain form; from a page that was kept, where it cannot go, the page again with its draft.
    rest.then(({ send }) => send(), () => ($form.elements.csrf_token ? $form.submit() : location.reload()));
  });
  document.querySelector("#errors")?.focus();
}
