// Sending: the report is kept on the phone first, then sent; whatever happens is said in a sentence. With it come the photos.
import { keep, sendNow, sendUnkept, withdraw } from "./outbox.js";
import { newId, reason } from "./phone_store.js";
import { setUpPhotos } from "./photo_input.js";
import { setUpOffer } from "./photo_offer.js";
import { fieldsOf } from "./report_draft.js";
import { soundsUrgent, askFirst } from "./urgent.js";

/** What is needed after the first question, fetched while the person answers it. */
export function setUpRest($form, { errors, held, ...about }) {
  const photos = setUpPhotos($form, () => about.draft.keep(), held);
  setUpOffer($form);
  if (errors) showErrors($form, errors, about.steps);
  $form.addEventListener("change", () => forgetMended($form, about.words));
  return { photos, send: setUpSending($form, about), isAnswered: ($step) => isAnswered($form, $step, about) };
}

/** Say what a question still lacks, where it is asked; a place that the phone is looking for may come later. */
function isAnswered($form, $step, { words, steps, isSearching }) {
  const missing = Object.entries(whatIsMissing($form, words) ?? {}).filter(([name]) => $step.querySelector(`[name="${name}"]`));
  if (!missing.length || (missing[0][0] === "lat" && isSearching())) return true;
  showErrors($form, Object.fromEntries(missing), steps);
  return false;
}

/** What is answered now is no longer said to be missing. */
function forgetMended($form, words) {
  const missing = whatIsMissing($form, words) ?? {};
  for (const [name, ...sentences] of [["lat", words.position_missing, words.pole_unknown, words.outside], ["categories", words.category_missing]]) {
    const $error = $form.querySelector(`#${name}-error`);
    if (!sentences.includes($error?.textContent) || $error.textContent === missing[name]) continue;
    if (missing[name]) { $error.textContent = missing[name]; continue; } // something else is wrong now
    $error.remove();
    $form.querySelectorAll(`[aria-describedby="${name}-error"]`).forEach(($field) => {
      $field.removeAttribute("aria-invalid");
      $field.removeAttribute("aria-describedby");
    });
  }
}

function setUpSending($form, { words, photos, draft, draftId, placeId, steps }) {
  const $status = $form.querySelector("[data-send-status]");
  const $send = $form.querySelector("[data-send]");
  const say = (text) => { $status.textContent = text; };
  const busy = (yes) => { $send.disabled = yes; };

  const send = async () => {
    const missing = whatIsMissing($form, words);
    if (missing) { showErrors($form, missing, steps); return; }
    if (soundsUrgent($form) && !(await askFirst())) return;
    busy(true);
    say(words.sending);
    try {
      await sending();
    } finally {
      busy(false);
    }
  };

  async function sending() {
    draft.end();
    const fields = { ...fieldsOf($form), queued_at: [new Date().toISOString()] };
    try {
      const { client_id: id } = await keep({ fields, photos: photos(), draft: draftId, place: placeId });
      say(words.sending_kept);
      navigator.storage?.persist?.().catch(() => {});
      return after(id, await sendNow(id).catch(() => ({})));
    } catch (error) {
      draft.again();
      return unkept(reason(error), fields);
    }
  }

  /** The phone could not keep it: send from here while the page is open, through the same door. */
  async function unkept(code, fields) {
    const why = words.unkept[code] ?? words.unkept.closed;
    say(`${why} ${words.stay}`);
    const { receipt, item } = await sendUnkept({ fields, photos: photos() });
    if (receipt || item.state === "refused") return after(item?.client_id, { receipt, item });
    return say(`${why} ${words.why[item.reason]} ${words.stay}`);
  }

  async function after(id, { receipt, item }) {
    if (receipt) {
      navigator.vibrate?.(80);
      if (receipt.photo_problems.length === 0) return location.assign(receipt.path);
      return outcome("sent", receipt.photo_problems.join(" "), receipt.path);
    }
    if (item?.state === "refused") return takeBack(id, item);
    navigator.vibrate?.(80);
    return outcome("kept", words.why[item?.reason] ?? "");
  }

  /** Refused while the person is still here: the form is theirs again, with what is wrong beside each field. */
  async function takeBack(id, item) {
    await withdraw(id).catch(() => {});
    if (item.reason === "differs") $form.elements.client_id.value = newId();
    draft.again();
    draft.keep();
    const errors = Object.keys(item.errors).length ? item.errors : { photos: words.why[item.reason] ?? item.title };
    say("");
    showErrors($form, errors, steps);
  }

  function outcome(name, text, path) {
    $form.hidden = true;
    document.querySelector(".step-bar")?.remove();
    const $panel = document.querySelector(`[data-outcome="${name}"]`);
    $panel.hidden = false;
    $panel.querySelector("[data-outcome-text]").textContent = text;
    if (path) $panel.querySelector("a").href = path;
    const $title = document.querySelector("h1"); // what happened is what the page is about now
    $title.textContent = $panel.querySelector("h2").textContent;
    $panel.querySelector("h2").hidden = true;
    $title.tabIndex = -1;
    $title.focus();
    delete document.documentElement.dataset.touched;
    history.replaceState({}, "");
    document.querySelector("[data-draft-note]").hidden = true;
  }

  return send;
}

/** What the phone itself can see is missing; the rest is read by the server. */
function whatIsMissing($form, words) {
  const fields = fieldsOf($form);
  const errors = {};
  const where = whatIsWrongWithThePlace($form, fields);
  if (where) errors.lat = words[where];
  if (!fields.categories) errors.categories = words.category_missing;
  return Object.keys(errors).length ? errors : null;
}

/** No place, a pole that nobody knows and nothing else, or a place outside of the municipality: the last two as far as we were told. */
function whatIsWrongWithThePlace($form, fields) {
  const isPlaced = fields.lat && fields.lon;
  const pole = fields.pole_number?.[0] ?? "";
  if (isPlaced && $form.querySelector("[data-known] [data-outside]")) return "outside";
  if (isPlaced || fields.place_id) return "";
  if (!pole) return "position_missing";
  return $form.elements.pole_number.dataset.unknown === pole.trim() ? "pole_unknown" : "";
}

export function showErrors($form, errors, steps) {
  $form.querySelectorAll(".error").forEach(($old) => $old.remove());
  $form.querySelectorAll("[aria-invalid]").forEach(($old) => $old.removeAttribute("aria-invalid"));
  for (const [name, sentence] of Object.entries(errors)) {
    const $field = $form.querySelector(`#${CSS.escape(name)}, [name="${CSS.escape(name)}"]`);
    const $error = document.createElement("p");
    $error.className = "error";
    $error.id = `${name}-error`;
    $error.textContent = sentence;
    const isTyped = ["lat", "lon"].includes(name) && $field.value && !$form.elements.method.value;
    if (isTyped) $form.querySelector("[data-place-status]").textContent = $form.querySelector("[data-place-picker]").dataset.none;
    const $step = $field?.closest("fieldset") ?? $form.querySelector("[data-step-of-form=send]");
    if (!$field || (["lat", "lon", "categories"].includes(name) && !isTyped)) $step.querySelector("legend").after($error);
    else $field.before($error);
    $field?.setAttribute("aria-invalid", "true");
    $field?.setAttribute("aria-describedby", $error.id);
    const isShown = name === "lat" ? isTyped || $form.elements.address.value || $form.elements.pole_number.value : $field?.type !== "hidden"; // what was written stays in sight
    if (isShown) $field?.closest("details")?.toggleAttribute("open", true);
  }
  steps?.goTo(Object.keys(errors)[0]);
  const $first = $form.querySelector(".error");
  $first.tabIndex = -1;
  $first.focus();
}

