// Reads a map file (PMTiles, version 3): its directories say where each square lies, and only what is needed is fetched.
const FIRST_BYTES = 4096;
const GZIP = 2;

/** Bytes of a file that lies on a server. */
export const onLine = (address) => async (offset, length, signal) => {
  const answer = await fetch(address, { headers: { Range: `bytes=${offset}-${offset + length - 1}` }, signal });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  return answer.status === 206 ? bytes : bytes.slice(offset, offset + length);
};

/** Bytes of a file that lies here already. */
export const inHand = (buffer) => async (offset, length) => buffer.slice(offset, offset + length);

const unpacked = (bytes, packing) => (packing === GZIP
  ? new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()
  : bytes);

function headOf(bytes) {
  const view = new DataView(bytes);
  if (new TextDecoder().decode(new Uint8Array(bytes, 0, 7)) !== "PMTiles" || view.getUint8(7) !== 3) throw new Error("no map file");
  const [rootAt, rootBytes, , , leavesAt, , tilesAt] = [8, 16, 24, 32, 40, 48, 56].map((at) => Number(view.getBigUint64(at, true)));
  return { rootAt, rootBytes, leavesAt, tilesAt, packing: view.getUint8(97), tilePacking: view.getUint8(98), minZoom: view.getUint8(100), maxZoom: view.getUint8(101) };
}

function directory(buffer) {
  const bytes = new Uint8Array(buffer);
  let at = 0;
  const next = () => { // a whole number, seven bits a byte, the lowest first
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at];
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const column = (count) => Array.from({ length: count }, next);
  const count = next();
  const [steps, runs, lengths, offsets] = [column(count), column(count), column(count), column(count)];
  let id = 0;
  let end = 0;
  return steps.map((step, i) => {
    id += step;
    const offset = offsets[i] === 0 ? end : offsets[i] - 1;
    end = offset + lengths[i];
    return { id, run: runs[i], offset, length: lengths[i] };
  });
}

/** The number of a square: those of each zoom after those before it, along Hilbert's curve. */
export function numberOf(z, x, y) {
  let number = (4 ** z - 1) / 3;
  let [column, row] = [x, y];
  for (let side = 2 ** (z - 1); side >= 1; side /= 2) {
    const right = column >= side ? 1 : 0;
    const below = row >= side ? 1 : 0;
    number += side * side * ((3 * right) ^ below);
    column -= right * side;
    row -= below * side;
    if (below) continue;
    if (right) [column, row] = [side - 1 - column, side - 1 - row];
    [column, row] = [row, column];
  }
  return number;
}

/** Open a map file; rejects what is none, or what cannot be reached. */
export async function openFile(bytesAt) {
  const first = await bytesAt(0, FIRST_BYTES);
  const head = headOf(first);
  const isThere = head.rootAt + head.rootBytes <= first.byteLength;
  const root = isThere ? first.slice(head.rootAt, head.rootAt + head.rootBytes) : await bytesAt(head.rootAt, head.rootBytes);
  const read = new Map([[head.rootAt, Promise.resolve(unpacked(root, head.packing)).then(directory)]]);
  const at = (offset, length) => {
    if (!read.has(offset)) {
      const leaf = bytesAt(offset, length).then((bytes) => unpacked(bytes, head.packing)).then(directory);
      leaf.catch(() => read.delete(offset));
      read.set(offset, leaf);
    }
    return read.get(offset);
  };

  /** One square as {data}, or undefined where there is nothing. */
  async function getZxy(z, x, y, signal) {
    if (z < head.minZoom || z > head.maxZoom) return undefined;
    const id = numberOf(z, x, y);
    for (let where = [head.rootAt, head.rootBytes]; ;) {
      const entry = (await at(...where)).findLast((one) => one.id <= id);
      if (!entry || (entry.run > 0 && id >= entry.id + entry.run)) return undefined;
      if (entry.run > 0) return { data: await unpacked(await bytesAt(head.tilesAt + entry.offset, entry.length, signal), head.tilePacking) };
      where = [head.leavesAt + entry.offset, entry.length];
    }
  }
  return { getZxy };
}
