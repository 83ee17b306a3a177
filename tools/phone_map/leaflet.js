// What the residents' maps need of Leaflet; the desk's maps take the whole of it.
import { Zoom } from "leaflet/src/control/Control.Zoom.js";
import * as DomEvent from "leaflet/src/dom/DomEvent.js";
import * as DomUtil from "leaflet/src/dom/DomUtil.js";
import { geoJSON } from "leaflet/src/layer/GeoJSON.js";
import { layerGroup } from "leaflet/src/layer/LayerGroup.js";
import "leaflet/src/layer/Tooltip.js";
import { GridLayer } from "leaflet/src/layer/tile/GridLayer.js";
import { tileLayer } from "leaflet/src/layer/tile/TileLayer.js";
import { circle } from "leaflet/src/layer/vector/Circle.js";
import { circleMarker } from "leaflet/src/layer/vector/CircleMarker.js";
import "leaflet/src/layer/vector/Renderer.getRenderer.js";
import { createMap as map } from "leaflet/src/map/Map.js";
import "leaflet/src/map/handler/Map.DoubleClickZoom.js";
import "leaflet/src/map/handler/Map.Drag.js";
import "leaflet/src/map/handler/Map.ScrollWheelZoom.js";
import "leaflet/src/map/handler/Map.TouchZoom.js";

const control = { zoom: (options) => new Zoom(options) };
window.L = { DomEvent, DomUtil, GridLayer, circle, circleMarker, control, geoJSON, layerGroup, map, tileLayer };
