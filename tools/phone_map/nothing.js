// Stands in for what protomaps-leaflet brings along and we never call: its own themes, icon sheets and file reader.
export const mix = (colour) => colour;
export const namedFlavor = () => ({});
export class PMTiles {}
export default () => {};
