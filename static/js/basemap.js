// Our own map file (PMTiles), drawn with our own colours. Where people live, it is kept on the phone for when there is no net.
import { inHand, onLine, openFile } from "./map_file.js";
import { colour, load } from "./own_map.js";

const STORE = "ljuspunkt-map";
const WAIT_MS = 2500;
const DATA_ZOOM = 14;

const light = { built: "#e9e6dc", green: "#dbe7d0", square: "#e4e0d2", water: "#b9d3e6", building: "#d3cec0", road: "#ffffff", major: "#ffe9ad", path: "#8a6d3b", rail: "#9a9aa8", tunnel: "#5b6786" };
const dark = { built: "#141f40", green: "#14302f", square: "#1a2750", water: "#0a2a4d", building: "#263461", road: "#46557f", major: "#6f6a4c", path: "#b7a06a", rail: "#5d6788", tunnel: "#9fb0dd" };

const late = () => new Promise((_, reject) => { setTimeout(() => reject(new Error("slow")), WAIT_MS); });

async function keptTown() {
  if (!window.caches) return null;
  const store = await caches.open(STORE);
  const [request] = (await store.keys()).filter(({ url }) => url.includes("town.pmtiles"));
  return request ? (await store.match(request)).arrayBuffer() : null;
}

// The part where people live is fetched once, when nothing else is waiting, and not on a line that counts bytes.
function keepTown(address) {
  if (!address || !window.caches || navigator.connection?.saveData) return;
  const idle = window.requestIdleCallback ?? ((done) => setTimeout(done, 3000));
  idle(async () => {
    const store = await caches.open(STORE).catch(() => null);
    if (!store || await store.match(address)) return;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return;
    const old = (await store.keys()).filter(({ url }) => url.includes("town.pmtiles"));
    await store.put(address, answer).catch(() => {}); // a full phone keeps nothing, and the map still works with a net
    await Promise.all(old.map((request) => store.delete(request)));
  });
}

function rules({ PolygonSymbolizer, LineSymbolizer, LineLabelSymbolizer, CenteredTextSymbolizer }) {
  const tone = colour("--ground").startsWith("#0") ? dark : light;
  const is = (...kinds) => (_zoom, { props }) => kinds.includes(props.kind);
  const wide = (at14) => (zoom) => Math.max(0.6, at14 * 1.45 ** (zoom - 14));
  const area = (dataLayer, kind, fill) => ({ dataLayer, filter: is(kind), symbolizer: new PolygonSymbolizer({ fill }) });
  const line = (kinds, color, at14, more = {}) => ({ dataLayer: "roads", filter: is(...kinds), symbolizer: new LineSymbolizer({ color, width: wide(at14), lineCap: "round", lineJoin: "round", ...more }) });
  const ink = { fill: colour("--ink"), stroke: colour("--ground"), width: 3 };
  return {
    paintRules: [
      area("land", "built", tone.built), area("land", "green", tone.green), area("land", "square", tone.square), area("water", "water", tone.water),
      { dataLayer: "water", filter: is("stream"), symbolizer: new LineSymbolizer({ color: tone.water, width: wide(1.5) }) },
      area("buildings", "building", tone.building),
      line(["rail"], tone.rail, 1.2, { dash: [6, 4] }),
      line(["lane"], tone.road, 1.6), line(["street"], tone.road, 3.2), line(["major"], tone.major, 4.5),
      line(["path"], tone.path, 1.1, { dash: [5, 3], lineCap: "butt" }), line(["steps"], tone.path, 2.2, { dash: [2, 2], lineCap: "butt" }),
      line(["tunnel"], tone.tunnel, 2.2, { dash: [4, 4], lineCap: "butt" }),
    ],
    labelRules: [
      { dataLayer: "names", symbolizer: new CenteredTextSymbolizer({ labelProps: ["name"], font: "600 14px system-ui, sans-serif", ...ink }) },
      { dataLayer: "roads", minzoom: 15, symbolizer: new LineLabelSymbolizer({ labelProps: ["name"], font: "500 13px system-ui, sans-serif", ...ink }) },
    ],
  };
}

export async function paint(L, map, words) {
  await load(words.protomaps);
  const drawing = window.protomapsL;
  const buffer = await keptTown().catch(() => null);
  const town = buffer && await openFile(inHand(buffer)).catch(() => null);
  let whole = null;
  const online = () => { whole ??= openFile(onLine(new URL(words.vector, location.href).href)).catch((error) => { whole = null; throw error; }); return whole; };
  if (!town) await online();
  const archive = {
    getZxy: async (z, x, y, signal) => {
      const fetched = () => online().then((file) => file.getZxy(z, x, y, signal));
      if (!town) return fetched();
      if (!navigator.onLine) return town.getZxy(z, x, y);
      return Promise.race([fetched(), late()]).catch(() => town.getZxy(z, x, y));
    },
  };
  drawing.leafletLayer({ url: archive, maxDataZoom: DATA_ZOOM, attribution: "", ...rules(drawing) }).addTo(map);
  keepTown(words.town);
}
