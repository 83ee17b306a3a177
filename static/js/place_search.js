// Places, streets and addresses by name. The municipality's own names lie on the phone, so it works without a net.
const STORE = "ljuspunkt-map";
const MOST = 6;

let names = null;

async function keptNames(address) {
  const answer = await fetch(address).catch(() => null);
  const store = window.caches && await caches.open(STORE).catch(() => null);
  if (answer?.ok) {
    store?.put(address, answer.clone()).catch(() => {});
    return answer.json();
  }
  const kept = await store?.match(address);
  return kept ? kept.json() : null;
}

// The list, or null where there is none: then it is asked for again the next time, for coverage comes back.
export async function fetchNames(address) {
  names ??= keptNames(address);
  const list = await names;
  if (!list) names = null;
  return list;
}

const plain = (text) => text.toLowerCase().normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

export function found({ names: rows, districts }, words) {
  const wanted = plain(words);
  if (wanted.length < 2) return [];
  const ranked = [];
  rows.forEach(([name, lon, lat, district]) => {
    const text = plain(name);
    const at = text.indexOf(wanted);
    if (at < 0) return;
    ranked.push({ rank: at === 0 ? 0 : (text[at - 1] === " " ? 1 : 2), name, lon, lat, district: districts[district] ?? "" });
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length || a.name.localeCompare(b.name, "sv")).slice(0, MOST);
}

export async function nameNear(address, lon, lat) {
  const rows = (await fetchNames(address))?.names ?? [];
  const squeeze = Math.cos((lat * Math.PI) / 180);
  let best = ["", 0.00225]; // about 250 m
  rows.forEach(([name, x, y]) => {
    const away = Math.hypot((x - lon) * squeeze, y - lat);
    if (away < best[1]) best = [name, away];
  });
  return best[0];
}

export function setUpSearch($picker, onChosen) {
  const $input = $picker.querySelector("[data-search]");
  const $list = $picker.querySelector("[data-search-results]");
  const $status = $picker.querySelector("[data-search-status]");
  if (!$input) return;
  const words = $picker.dataset;
  let typed = 0;
  const show = (places) => {
    $list.replaceChildren(...places.map((place) => {
      const $item = document.createElement("li");
      const $button = document.createElement("button");
      $button.type = "button";
      $button.className = "button quiet full";
      $button.textContent = place.district ? `${place.name}, ${place.district}` : place.name;
      $button.addEventListener("click", () => { show([]); $status.textContent = ""; $input.value = place.name; onChosen(place); });
      $item.append($button);
      return $item;
    }));
  };
  const search = async () => {
    typed += 1;
    const mine = typed;
    const list = await fetchNames(words.names);
    if (mine !== typed) return;
    const places = list ? found(list, $input.value) : [];
    show(places);
    $status.textContent = plain($input.value).length < 2 || places.length ? "" : (list ? words.nothing : words.noNames);
  };
  $input.addEventListener("focus", () => fetchNames(words.names), { once: true });
  $input.addEventListener("input", search);
  $input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form is not done yet
    $list.querySelector("button")?.click();
  });
  if ($input.value) search(); // somebody was faster than we were
  else if (document.activeElement === $input) fetchNames(words.names);
}
