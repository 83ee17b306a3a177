// Up to three photos: made smaller and emptied of their metadata on the phone, shown, painted over, taken away.
import { positionOf } from "./photo_position.js";

const PHOTOS_MAX = 3;
const AS_IT_IS_MAX = 20 * 1024 * 1024;
const PATIENCE_MS = 20_000;
const BY_SERVER = /\.(heic|heif|jpe?g|png|webp)$/i;

let worker = null;
let number = 0;

function inWorker(file) {
  worker ??= new Worker(new URL("./photo_worker.js", import.meta.url), { type: "module" });
  number += 1;
  const mine = number;
  return new Promise((resolve, reject) => {
    const end = (blob) => { worker.removeEventListener("message", heard); return blob ? resolve(blob) : reject(new Error("unreadable")); };
    const heard = ({ data }) => data.number === mine && end(data.blob);
    worker.addEventListener("message", heard);
    worker.addEventListener("error", () => end(null), { once: true });
    setTimeout(end, PATIENCE_MS, null);
    worker.postMessage({ number: mine, file });
  });
}

async function shrunk(file) {
  if (globalThis.OffscreenCanvas) {
    const blob = await inWorker(file).catch(() => null);
    if (blob) return blob;
  }
  return (await import("./photo_shrink.js")).shrink(file);
}

/** Say whether a file begins as a JPEG, PNG, WebP or HEIC does, whatever it is called. */
async function looksLikeOne(file) {
  const signs = new TextDecoder("latin1").decode(await file.slice(0, 12).arrayBuffer());
  return /^(\xff\xd8\xff|.PNG|RIFF.{4}WEBP|.{4}ftyp)/s.test(signs);
}

/** Return {blob}, {blob, raw} for what only the server can read (HEIC in some browsers), or {refused: code}. */
async function prepared(file) {
  try {
    return { blob: await shrunk(file) };
  } catch {
    if (!(await looksLikeOne(file))) return { refused: "not_an_image" };
    if (!BY_SERVER.test(file.name ?? "") && !/^image\/hei[cf]$/.test(file.type)) return { refused: "not_an_image" };
    return file.size > AS_IT_IS_MAX ? { refused: "too_large" } : { blob: file, raw: true };
  }
}

export function setUpPhotos($form, changed, kept = []) {
  const $input = $form.querySelector("[data-photo-input]");
  if (!$input) return null;
  const words = JSON.parse($form.querySelector("[data-photo-words]").textContent);
  const $previews = $form.querySelector("[data-previews]");
  const $status = $form.querySelector("[data-photo-status]");
  const $ask = $form.querySelector("[data-anybody]");
  const room = () => PHOTOS_MAX - Number($input.dataset.kept) - photos.length;
  const say = (text) => { $status.textContent = text; };
  let photos = kept.map((blob) => ({ blob, raw: !/jpeg/.test(blob.type), answered: true }));

  const asFile = (blob, name = "foto.jpg") => new File([blob], name, { type: blob.type || "image/jpeg" });
  const show = () => {
    if (window.DataTransfer) { // the plain form, should it be the one that is sent, sends the same photos
      const transfer = new DataTransfer();
      photos.forEach(({ blob }) => transfer.items.add(asFile(blob, blob.name)));
      $input.files = transfer.files;
    }
    $previews.replaceChildren(...photos.map(figure));
    $ask.hidden = !photos.some((photo) => !photo.raw && !photo.answered);
    $form.querySelectorAll("[data-choose]").forEach(($button) => { $button.hidden = room() < 1; });
    changed();
  };
  const remove = (photo) => { photos = photos.filter((other) => other !== photo); show(); say(words.removed); };
  const paint = async (photo) => {
    const { paintOver } = await import("./paint_over.js").catch(() => ({}));
    if (!paintOver) { say(words.no_tool); return; }
    const painted = await paintOver(photo.blob);
    if (painted) { photo.blob = asFile(painted); say(words.painted); }
    photo.answered = true;
    show();
  };
  const button = (text, act) => {
    const $button = document.createElement("button");
    Object.assign($button, { type: "button", className: "button quiet full", textContent: text });
    $button.addEventListener("click", act);
    return $button;
  };
  const figure = (photo, at) => {
    const $figure = document.createElement("figure");
    if (photo.raw) {
      const $word = document.createElement("figcaption");
      $word.textContent = [photo.blob.name, words.as_it_is].filter(Boolean).join(": ");
      $figure.append($word, button(words.again, () => again(photo)));
    } else {
      const $image = document.createElement("img");
      $image.alt = words.photo.replace("{n}", at + 1);
      $image.src = URL.createObjectURL(photo.blob);
      $image.addEventListener("load", () => URL.revokeObjectURL($image.src));
      $figure.append($image, button(words.paint, () => paint(photo)));
    }
    $figure.append(button(words.remove, () => remove(photo)));
    return $figure;
  };
  const again = async (photo) => {
    say(words.shrinking);
    const { blob, raw } = await prepared(photo.blob);
    if (!raw && blob) Object.assign(photo, { blob: asFile(blob), raw: false });
    say(raw ? words.as_it_is : "");
    show();
  };
  const add = async (files) => {
    const problems = [];
    say(words.shrinking);
    for (const file of files) { // what is no photo takes no photo's place
      if (room() < 1) { problems.unshift(words.most); break; }
      const position = await positionOf(file);
      const { blob, raw = false, refused } = await prepared(file);
      if (refused) problems.push([file.name, words[refused]].filter(Boolean).join(": "));
      else photos.push({ blob: raw ? file : asFile(blob), raw });
      if (position) $form.dispatchEvent(new CustomEvent("photo-position", { detail: position }));
    }
    show();
    say(problems.join(" "));
  };

  $input.addEventListener("change", () => add([...$input.files]));
  for (const $plain of [$input, ...$input.labels]) $plain.classList.add("hidden-visually"); // the buttons are larger
  $input.tabIndex = -1;
  const $camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", hidden: true });
  $camera.setAttribute("capture", "environment");
  $camera.addEventListener("change", () => { add([...$camera.files]); $camera.value = ""; });
  $input.after($camera);
  const open = { camera: $camera, gallery: $input };
  $form.querySelectorAll("[data-choose]").forEach(($button) => {
    $button.hidden = false;
    $button.addEventListener("click", () => open[$button.dataset.choose].click());
  });
  $ask.querySelector("[data-nobody]").addEventListener("click", () => { photos.forEach((photo) => { photo.answered = true; }); show(); });
  $ask.querySelector("[data-somebody]").addEventListener("click", () => paint(photos.find((photo) => !photo.raw && !photo.answered)));
  if (photos.length) show();
  else if ($input.files.length) add([...$input.files]); // chosen before we were here
  return { all: () => photos.map(({ blob }) => blob) };
}
