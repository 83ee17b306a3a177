// A calm map: our own map file where there is one, else the municipality's shapes. Leaflet is fetched when it is needed.
const LAMPS_FROM_ZOOM = 16;

export const load = (address) => new Promise((resolve, reject) => {
  if (document.querySelector(`script[src="${address}"][data-loaded]`)) { resolve(); return; }
  const $script = document.createElement("script");
  $script.src = address;
  $script.onload = () => { $script.dataset.loaded = ""; resolve(); };
  $script.onerror = reject;
  document.head.append($script);
});

function loadStyle(address) {
  if (!address || document.querySelector(`link[href="${address}"]`)) return;
  const $link = document.createElement("link");
  $link.rel = "stylesheet";
  $link.href = address;
  document.head.append($link);
}

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const json = async (address) => (await fetch(address)).json();

function shapes(L, map, data) {
  const style = ({ properties }) => (properties.kind === "district"
    ? { color: colour("--ink-soft"), weight: 1.5, fill: false, interactive: false }
    : { color: colour("--accent"), weight: 1 });
  const pointToLayer = ({ properties }, at) => L.circleMarker(at, { radius: 3, color: colour("--ink"), interactive: false }).bindTooltip(document.createTextNode(properties.name));
  L.geoJSON(data, { style, pointToLayer, filter: ({ properties }) => properties.kind !== "lamp" }).addTo(map);
  return data.features.filter(({ properties }) => properties.kind === "lamp");
}

function lampsOn(L, map, words, onLamp) {
  const layer = L.layerGroup().addTo(map);
  let own = [];
  let asked = 0;
  const draw = (features) => {
    layer.clearLayers();
    features.forEach(({ geometry: { coordinates: [lon, lat] }, properties }) => {
      const lamp = L.circleMarker([lat, lon], { radius: 8, color: colour("--night"), fillColor: properties.known ? colour("--bad") : colour("--lamp"), fillOpacity: 1, weight: properties.sentence ? 4 : 1.5 });
      lamp.on("click", (event) => { L.DomEvent.stop(event); onLamp(lon, lat, properties.name, properties.sentence ?? ""); });
      layer.addLayer(lamp);
    });
  };
  const show = async () => {
    asked += 1;
    const mine = asked;
    if (map.getZoom() < LAMPS_FROM_ZOOM) { layer.clearLayers(); return; }
    const box = map.getBounds();
    const edges = new URLSearchParams({ west: box.getWest().toFixed(5), south: box.getSouth().toFixed(5), east: box.getEast().toFixed(5), north: box.getNorth().toFixed(5) });
    try {
      const { features } = await json(`${words.lamps}?${edges}`);
      if (mine === asked) draw(features);
    } catch {
      if (mine === asked) draw(own.filter(({ geometry: { coordinates: [lon, lat] } }) => box.contains([lat, lon])));
    }
  };
  map.on("moveend", show);
  return (features) => { own = features; show(); };
}

async function ground(L, map, words) {
  if (words.vector) {
    try {
      const { paint } = await import("./basemap.js");
      await paint(L, map, words);
      return [];
    } catch (error) { console.warn(error); } // the shapes are always there
  }
  if (words.pictures) { L.tileLayer(words.pictures, { maxZoom: 19 }).addTo(map); return []; }
  return shapes(L, map, await json(words.base));
}

export async function openMap($map, words, lon, lat, zoom) {
  loadStyle(words.leafletCss);
  await load(words.leaflet);
  const { L } = window;
  const map = L.map($map, { preferCanvas: true, attributionControl: false, keyboard: false, zoomControl: false, maxZoom: 19, minZoom: 9, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches }).setView([lat, lon], zoom);
  L.control.zoom({ zoomInTitle: words.closer ?? "+", zoomOutTitle: words.further ?? "−" }).addTo(map);
  const pin = L.circleMarker([lat, lon], { radius: 11, color: colour("--ink"), weight: 3, fillColor: colour("--lamp"), fillOpacity: 1, interactive: false });
  const around = L.circle([lat, lon], { radius: 1, color: colour("--accent"), weight: 2, fillOpacity: 0.12, interactive: false });
  let tapped = () => {};
  map.on("click", ({ latlng }) => tapped(latlng.lng, latlng.lat, "", ""));
  const onLamps = words.lamps ? lampsOn(L, map, words, (...lamp) => tapped(...lamp)) : () => {};
  ground(L, map, words).then(onLamps).catch(() => onLamps([]));
  return {
    L,
    map,
    centre: () => [map.getCenter().lng, map.getCenter().lat],
    onTap: (listener) => { tapped = listener; },
    unmark: () => { pin.remove(); around.remove(); },
    mark: (x, y, accuracy) => {
      pin.setLatLng([y, x]).addTo(map).bringToFront();
      if (accuracy) around.setLatLng([y, x]).setRadius(Number(accuracy)).addTo(map);
      else around.remove();
      if (!map.getBounds().pad(-0.15).contains([y, x])) map.setView([y, x], Math.max(map.getZoom(), 16));
    },
  };
}
