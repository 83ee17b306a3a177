// Where the van stands, how far it is to each pole, and in which direction.
import { fact, keepFact } from "./van_store.js";
import { make, number, say, words } from "./van_page.js";

const METRES_PER_DEGREE = 111_320;
const POINTS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const ARROWS = ["↑", "↗", "→", "↘", "↓", "↙", "←", "↖"];

let here = null;
let watching = null;

export const position = () => here;

/** Return metres and eighth of the compass from here to a place, or null while nobody knows where here is. */
export function away({ lon, lat }) {
  if (!here) return null;
  const north = (lat - here.lat) * METRES_PER_DEGREE;
  const east = (lon - here.lon) * METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const eighth = Math.round(((Math.atan2(east, north) * 180) / Math.PI + 360) / 45) % 8;
  return { metres: Math.hypot(north, east), eighth };
}

export function awayWords(place) {
  const found = away(place);
  if (!found) return "";
  const far = found.metres < 1000 ? say("metres", { m: number(Math.round(found.metres)) }) : say("kilometres", { km: number(found.metres / 1000, 1) });
  return `${ARROWS[found.eighth]} ${far} ${words.compass[POINTS[found.eighth]]}`;
}

/** Ask the phone once; when it may, follow it. Resolves to whether there is a position. */
export function follow(changed, denied = () => {}) {
  if (!navigator.geolocation || watching !== null) return;
  watching = navigator.geolocation.watchPosition(({ coords }) => {
    here = { lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy };
    changed();
  }, () => {
    watching = null;
    denied();
  }, { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 });
}

export async function followAsBefore(changed) {
  if (await fact("position")) follow(changed);
}

export const wishToFollow = () => keepFact("position", true);

export const positionFacts = () => (here ? { lat: here.lat, lon: here.lon, accuracy_m: Math.min(here.accuracy, 1e6) } : {});

/** Draw the lamps around a ticket, north up; the list beside it says the same. */
export function plan(stop, lampId) {
  const $svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const reach = Math.max(30, ...stop.around.map((lamp) => lamp.m)) * 1.25;
  $svg.setAttribute("viewBox", "-120 -120 240 240");
  $svg.setAttribute("class", "plan");
  $svg.setAttribute("role", "img");
  $svg.setAttribute("aria-label", say("plan"));
  const add = (tag, attributes, text = "") => {
    const $part = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) $part.setAttribute(name, value);
    $part.textContent = text;
    $svg.append($part);
  };
  add("path", { d: "M100 -86v-24m-6 8l6-8l6 8", class: "north" });
  add("text", { x: 100, y: -70 }, say("north"));
  for (const lamp of stop.around) {
    const north = (lamp.lat - stop.lat) * METRES_PER_DEGREE;
    const east = (lamp.lon - stop.lon) * METRES_PER_DEGREE * Math.cos((stop.lat * Math.PI) / 180);
    const [x, y] = [(east / reach) * 110, (-north / reach) * 110];
    add("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: lamp.id === lampId ? 7 : 5, class: lamp.id === lampId ? "chosen" : "lamp" });
    add("text", { x: x.toFixed(1), y: (y - 10).toFixed(1) }, lamp.pole);
  }
  return stop.around.length ? $svg : make("p", "");
}
