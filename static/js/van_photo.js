// A photo is made smaller on the phone before it is kept, as the resident's is.
import { shrink } from "./photo_shrink.js";

export const PHOTOS_MAX = 3;

/** Return a smaller JPEG, or the file itself when this browser cannot read it; the server reads and cleans both. */
export const smaller = (file) => shrink(file).catch(() => file);
