// The public map: the same places as in the list under it.
import { openMap } from "./own_map.js";

const $map = document.querySelector("[data-places-map]");
if ($map) {
  const words = $map.dataset;
  const { L, map } = await openMap($map, words, Number(words.lon), Number(words.lat), 13);
  const places = await (await fetch(words.places)).json();
  const layer = L.geoJSON(places, {
    style: { color: "#b45309", weight: 3, fillOpacity: 0.3 },
    onEachFeature: (feature, shape) => shape.bindTooltip(document.createTextNode(feature.properties.name)),
  }).addTo(map);
  if (places.features.length) map.fitBounds(layer.getBounds().pad(0.3), { maxZoom: 16 });
}
