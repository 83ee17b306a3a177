// Where a camera says that a photo was taken: read before the photo is drawn anew, offered to the person, never taken.
const LOOK_BYTES = 262_144;
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0]; // “Exif”, in JPEG and HEIC alike
const GPS_DIRECTORY = 0x8825;

/** Return {lat, lon} in WGS84 degrees, or null. */
export async function positionOf(file) {
  try {
    const bytes = new Uint8Array(await file.slice(0, LOOK_BYTES).arrayBuffer());
    const start = bytes.findIndex((_, at) => EXIF.every((sign, i) => bytes[at + i] === sign));
    return start < 0 ? null : gps(new DataView(bytes.buffer, start + EXIF.length));
  } catch {
    return null; // a broken header is no position
  }
}

function gps(view) {
  const little = view.getUint16(0) === 0x4949;
  const short = (at) => view.getUint16(at, little);
  const long = (at) => view.getUint32(at, little);
  const entries = (directory) => new Map(Array.from({ length: short(directory) }, (_, i) => {
    const at = directory + 2 + i * 12;
    return [short(at), at + 8];
  }));
  const found = entries(long(4)).get(GPS_DIRECTORY);
  if (found === undefined) return null;
  const tags = entries(long(found));
  const degrees = (tag) => {
    const at = long(tags.get(tag));
    const [whole, minutes, seconds] = [0, 8, 16].map((step) => long(at + step) / (long(at + step + 4) || 1));
    return whole + minutes / 60 + seconds / 3600;
  };
  const sign = (tag, negative) => (String.fromCharCode(view.getUint8(tags.get(tag))) === negative ? -1 : 1);
  const place = { lat: sign(1, "S") * degrees(2), lon: sign(3, "W") * degrees(4) };
  const isReal = Math.abs(place.lat) <= 90 && Math.abs(place.lon) <= 180 && (place.lat !== 0 || place.lon !== 0);
  return isReal ? place : null;
}
