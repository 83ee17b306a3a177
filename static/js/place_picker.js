// The place of a report: from the phone, a name, a tap on the map, nudged with arrows. No dragging is needed.
import { idle } from "./idle.js";

const search = () => import("./place_search.js"); // neither it nor the map is needed for the first word on the screen

const GOOD_ENOUGH_M = 75;
const STEP_M = 10;
const WAIT_MS = 12000;
const TUNNEL_MS = 15 * 60 * 1000;
const WALK_M_PER_MS = 1.4 / 1000;
const LAST = "last-good-place";
const ARROWS = { ArrowUp: "n", ArrowDown: "s", ArrowLeft: "w", ArrowRight: "e" };

/** So close that the whole circle of an uncertain place is on the screen. */
const closeness = (accuracy) => (accuracy > 250 ? 14 : accuracy > GOOD_ENOUGH_M ? 15 : 17);

// The last good fix of this visit, for somebody who has walked into a tunnel since; forgotten when the tab is closed.
const lastGood = () => {
  try {
    const place = JSON.parse(sessionStorage.getItem(LAST));
    return place && Date.now() - place.at < TUNNEL_MS ? place : null;
  } catch { return null; }
};

/** “för 2 timmar sedan”, in the page's language. */
function agoOf(at) {
  const minutes = Math.max(1, Math.round((Date.now() - at) / 60000));
  const [n, unit] = minutes < 60 ? [minutes, "minute"] : minutes < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat(document.documentElement.lang).format(-n, unit);
}

export function setUpPlace($form) {
  const $picker = $form.querySelector("[data-place-picker]");
  if (!$picker) return null;
  $picker.hidden = false;
  const words = $picker.dataset;
  const $status = $picker.querySelector("[data-place-status]");
  const $near = $form.querySelector("[data-known]");
  const $locate = $picker.querySelector("[data-locate]");
  const $tunnel = $picker.querySelector("[data-tunnel]");
  const $map = $picker.querySelector("[data-map]");
  const fields = $form.elements;
  let map = null;
  let asking = 0;
  let placedAt = 0;
  let isByItself = false; // found by the phone or the address before the person did anything
  let methodBefore = ""; // how the place was found that a pole's number may take the place of
  let isSearching = false; // the phone has been asked and has not answered yet

  const degrees = ($field) => ($field.value.trim() ? Number($field.value.replace(",", ".")) : NaN);
  const given = () => {
    const at = [degrees(fields.lon), degrees(fields.lat)];
    return at.every(Number.isFinite) ? at : null;
  };
  const isGiven = () => Boolean(given() || fields.place_id?.value || fields.pole_number.value);
  const say = (sentence) => { $status.textContent = sentence; };
  const place = (lon, lat, method, accuracy = "") => {
    fields.lat.value = lat.toFixed(7);
    fields.lon.value = lon.toFixed(7);
    fields.method.value = method;
    methodBefore = "";
    fields.accuracy_m.value = accuracy === "" ? "" : Math.round(accuracy);
    if (method !== "pole" && method !== "qr") fields.pole_number.value = "";
    if (fields.place_id) fields.place_id.value = "";
    chosen();
    map?.mark(lon, lat, accuracy);
    $locate.classList.add("quiet");
    $form.dispatchEvent(new Event("change")); // a place is a change like any other
    lookAround(lon, lat);
  };
  const chosen = () => {
    placedAt = Date.now();
    isByItself = false;
    document.querySelector("[data-draft-place]")?.toggleAttribute("hidden", true);
  };
  const lookAround = (lon, lat) => {
    $near.querySelector("[data-outside]")?.remove(); // that was of the place before
    asking += 1;
    const mine = asking;
    setTimeout(async () => {
      if (mine !== asking) return;
      const answer = await fetch(`${words.near}?lat=${lat.toFixed(6)}&lon=${lon.toFixed(6)}`).catch(() => null);
      if (mine !== asking) return;
      if (answer?.ok) { await showKnown(answer); return; }
      $near.replaceChildren();
      const name = await search().then(({ nameNear }) => nameNear(words.names, lon, lat)).catch(() => "");
      if (name && mine === asking) $near.textContent = words.nearby.replace("{place}", name);
    }, 500);
  };
  const showKnown = async (answer) => { $near.innerHTML = await answer.text(); }; // our own page's markup, escaped there
  const lookUpPole = async (pole, unasked = true) => {
    const answer = await fetch(`${words.near}?pole=${encodeURIComponent(pole)}`).catch(() => null);
    if (fields.pole_number.value.trim() !== pole || (unasked && given())) return;
    if (!answer?.ok) { // the server looks it up when the report arrives
      if (!unasked) say(words.poleLater.replace("{pole}", pole));
      return;
    }
    const $found = document.createElement("div");
    $found.innerHTML = await answer.text(); // our own page's markup, as in showKnown
    const at = $found.querySelector("[data-pole-at]")?.dataset;
    if (!at) {
      fields.pole_number.dataset.unknown = pole;
      if (given()) fields.method.value = methodBefore; // the place that was there stands, and the number goes along
      say(given() ? `${words.noPole} ${words.placed}` : words.noPole);
      return;
    }
    $near.replaceChildren(...$found.childNodes);
    place(Number(at.lon), Number(at.lat), fields.method.value === "qr" ? "qr" : "pole");
    isByItself = unasked;
    say(words.pole.replace("{pole}", at.pole));
  };
  /** A place that is chosen in the list, or a pole that is named, is meant: not where the phone happens to be. */
  const instead = (name, said) => {
    asking += 1; // what is known where the phone is does not matter any more
    if (name === "place_id") {
      for (const other of ["lat", "lon", "accuracy_m", "pole_number"]) fields[other].value = "";
      fields.method.value = "list";
      $near.replaceChildren();
      map?.unmark();
      say(words.chosen.replace("{place}", said));
    } else {
      if (fields.place_id) fields.place_id.value = "";
      methodBefore ||= fields.method.value;
      fields.method.value = "pole"; // without coverage the server looks the pole up
      say(words.pole.replace("{pole}", said));
      lookUpPole(said, false);
    }
    chosen();
  };
  const byPhone = ({ coords }) => {
    place(coords.longitude, coords.latitude, "gps", coords.accuracy);
    const good = coords.accuracy <= GOOD_ENOUGH_M;
    say((good ? words.found : words.uncertain).replace("{m}", Math.round(coords.accuracy)));
    if (good) sessionStorage.setItem(LAST, JSON.stringify({ at: Date.now(), lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy }));
    offerTunnel(!good);
  };
  const noPosition = () => { say(words.denied); offerTunnel(true); };
  const offerTunnel = (needed) => { $tunnel.hidden = !(needed && lastGood()); };
  const inTunnel = () => {
    const last = lastGood();
    if (!last) return;
    place(last.lon, last.lat, "gps", last.accuracy + (Date.now() - last.at) * WALK_M_PER_MS);
    if (!fields.address.value) fields.address.value = words.inTunnel;
    say(words.fromTunnel);
    $tunnel.hidden = true;
  };
  /** Ask the phone. What it finds without being asked to never moves a place that was chosen meanwhile. */
  const locate = (unasked) => {
    isSearching = true;
    const found = (position) => {
      isSearching = false;
      if (unasked && isGiven()) return;
      byPhone(position);
      isByItself = unasked;
    };
    say(words.searching);
    const failed = () => {
      isSearching = false;
      if (!(unasked && isGiven())) noPosition();
    };
    if (!navigator.geolocation) { failed(); return; }
    navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 15000 });
  };
  const showMap = async () => {
    const $area = $picker.querySelector("[data-map-area]");
    $area.hidden = false;
    $picker.querySelector("[data-open-map]").hidden = true;
    const [lon, lat] = given() ?? [Number(words.lon), Number(words.lat)];
    try {
      const { openMap } = await import("./own_map.js");
      map = await openMap($map, words, lon, lat, given() ? closeness(fields.accuracy_m.value) : 14);
    } catch { $area.hidden = true; say(words.noMap); return; }
    if (given()) map.mark(lon, lat, fields.accuracy_m.value);
    map.onTap((x, y, pole, sentence) => {
      if (pole) fields.pole_number.value = pole;
      place(x, y, pole ? "pole" : "pin");
      say(pole ? `${words.pole.replace("{pole}", pole)} ${sentence}`.trim() : words.moved);
    });
    $map.focus({ preventScroll: true });
    $map.scrollIntoView({ block: "center" });
  };
  const nudge = (direction, far = 1) => {
    const [lon, lat] = given() ?? map.centre();
    const north = ({ n: 1, s: -1 }[direction] ?? 0) * STEP_M * far;
    const east = ({ e: 1, w: -1 }[direction] ?? 0) * STEP_M * far;
    place(lon + east / (111320 * Math.cos((lat * Math.PI) / 180)), lat + north / 110574, "pin");
    say(words.moved);
  };

  $locate.addEventListener("click", () => locate(false));
  $picker.querySelector("[data-open-map]").addEventListener("click", showMap);
  $tunnel.addEventListener("click", inTunnel);
  $picker.querySelectorAll("[data-nudge]").forEach(($arrow) => $arrow.addEventListener("click", () => nudge($arrow.dataset.nudge)));
  $map.addEventListener("keydown", (event) => {
    if (!map || event.altKey || event.ctrlKey || event.metaKey) return;
    if (ARROWS[event.key]) nudge(ARROWS[event.key], event.shiftKey ? 5 : 1);
    else if (event.key === "+") map.map.zoomIn();
    else if (event.key === "-") map.map.zoomOut();
    else return;
    event.preventDefault();
  });
  idle().then(search).then(({ setUpSearch }) => setUpSearch($picker, ({ name, lon, lat }) => {
    fields.address.value = name;
    place(lon, lat, "address");
    say(words.chosen.replace("{place}", name));
  })).catch(() => {});
  $form.querySelectorAll("[data-use-position]").forEach(($yes) => $yes.addEventListener("change", () => {
    place(Number($yes.dataset.lon), Number($yes.dataset.lat), "pin");
    say(words.moved);
  }));
  const typed = ({ target }) => {
    const said = (target.selectedOptions?.[0]?.label ?? target.value).trim();
    if (target.value.trim() && (target === fields.place_id || target === fields.pole_number)) { instead(target.name, said); return; }
    if (target === fields.lat || target === fields.lon) {
      fields.method.value = fields.accuracy_m.value = "";
      if (fields.place_id) fields.place_id.value = "";
      chosen();
      if (given()) lookAround(...given());
    }
    say(given() ? words.placed : words.none);
  };
  for (const name of ["lat", "lon", "place_id", "pole_number"]) fields[name]?.addEventListener?.("change", typed);
  /** Name the place that was there when the form opened, with its age when a person chose it before. */
  const tell = async (at, where, change) => {
    if (!at) {
      if ($status.textContent === words.none) say(words.placed);
      return;
    }
    const ago = agoOf(at);
    const sentence = (name) => (name ? words.kept.replace("{place}", name) : words.keptSomewhere).replace("{ago}", ago);
    const name = fields.address.value || fields.pole_number.value;
    say(sentence(name));
    const $note = document.querySelector("[data-draft-place]");
    $note.querySelector("p").textContent = sentence(name || await search().then(({ nameNear }) => nameNear(words.names, ...where)).catch(() => ""));
    $note.querySelector("button").addEventListener("click", change);
    $note.hidden = false;
  };
  const allowed = navigator.permissions?.query({ name: "geolocation" });
  /** Look up the pole, or the position if the phone may tell it; called when all that was known before is in the form. */
  const begin = (keptAt, change) => {
    const where = given();
    if (where) {
      placedAt = keptAt ?? Date.now();
      isByItself = !keptAt;
      $locate.classList.toggle("quiet", !keptAt);
      tell(keptAt, where, change);
      lookAround(...where);
    } else if (fields.pole_number.value) lookUpPole(fields.pole_number.value);
    else if (!fields.place_id?.value) allowed?.then(({ state }) => state === "granted" && locate(true)).catch(() => {});
  };
  return { begin, goOn: () => { isByItself = false; }, byItself: () => isByItself, isSearching: () => isSearching, placedAt: () => placedAt };
}
