// A photo as it leaves the phone: at most 1600 px and 400 kB, drawn anew from its pixels, so nothing hidden comes along.
const SIDE_MAX = 1600;
const BYTES_MAX = 400_000;
const QUALITIES = [0.82, 0.7, 0.58, 0.45];
const SMALLER = 0.75;
const KIND = "image/jpeg";

function canvasOf(width, height) {
  if (globalThis.OffscreenCanvas) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** Return a canvas as JPEG. */
export function asJpeg(canvas, quality = QUALITIES[0]) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: KIND, quality });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), KIND, quality);
  });
}

function drawn(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = canvasOf(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // what was transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Return a picture (Blob, canvas or bitmap) as the best JPEG within the limits; rejects what the browser cannot read. */
export async function shrink(picture) {
  const bitmap = picture instanceof Blob ? await createImageBitmap(picture, { imageOrientation: "from-image" }) : picture;
  try {
    for (let side = SIDE_MAX; ; side = Math.round(side * SMALLER)) {
      const canvas = drawn(bitmap, side);
      for (const quality of QUALITIES) {
        const blob = await asJpeg(canvas, quality);
        if (blob.size <= BYTES_MAX || side < 200) return blob;
      }
    }
  } finally {
    bitmap.close?.();
  }
}
