// The register on a map: lamps of the box that is shown, a ring round those already reported, a tap for the nearest.
import { openMap } from "./own_map.js";

const CLOSE_ENOUGH = 15;
const $map = document.querySelector("[data-lamps-map]");
if ($map) {
  const words = $map.dataset;
  const { L, map, mark, onTap } = await openMap($map, words, Number(words.lon), Number(words.lat), Number(words.zoom));
  const layer = L.layerGroup().addTo(map);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let asked = 0;

  const name = ({ name: pole, status, reported }) => [pole, status === "deliberately_off" && words.off, reported && words.reported].filter(Boolean).join(" · ");

  const fill = (field, value) => { document.getElementById(field).value = value; };
  const choose = (x, y, lamp) => {
    if (!("pick" in words)) {
      location.assign(lamp ? lamp.address : `${words.here}?${new URLSearchParams({ lat: y.toFixed(6), lon: x.toFixed(6) })}`);
      return;
    }
    fill("lat", y.toFixed(6));
    fill("lon", x.toFixed(6));
    fill("pole", lamp ? lamp.name : "");
    mark(x, y);
  };

  const draw = ({ features }) => {
    layer.clearLayers();
    features.forEach(({ geometry, properties }) => {
      const [x, y] = geometry.coordinates;
      const off = properties.status === "deliberately_off";
      const $name = document.createElement("span");
      $name.textContent = name(properties);
      L.circleMarker([y, x], { radius: properties.reported ? 8 : 5, color: colour(properties.reported ? "--bad" : "--ink"), weight: properties.reported ? 4 : 1, fillColor: colour("--lamp"), fillOpacity: off ? 0 : 1 })
        .bindTooltip($name)
        .on("click", (event) => { L.DomEvent.stop(event); choose(x, y, properties); })
        .addTo(layer);
    });
  };

  const show = async () => {
    if (map.getZoom() < CLOSE_ENOUGH) { layer.clearLayers(); return; }
    const turn = asked += 1;
    const box = map.getBounds();
    const query = new URLSearchParams({ west: box.getWest(), south: box.getSouth(), east: box.getEast(), north: box.getNorth() });
    const answer = await fetch(`${words.lamps}?${query}`);
    if (answer.ok && turn === asked) draw(await answer.json());
  };

  map.on("moveend", show);
  onTap((x, y) => choose(x, y, null));
  show();
}
