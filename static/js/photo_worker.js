// Photos are made smaller beside the page, so that the page never stands still.
import { shrink } from "./photo_shrink.js";

addEventListener("message", async ({ data: { number, file } }) => {
  try {
    postMessage({ number, blob: await shrink(file) });
  } catch {
    postMessage({ number, blob: null });
  }
});
