// What the map needs of protomaps-leaflet: its layer and four ways to draw. The file is read by static/js/map_file.js.
export { CenteredTextSymbolizer, LineLabelSymbolizer, LineSymbolizer, PolygonSymbolizer, leafletLayer } from "protomaps-leaflet";
