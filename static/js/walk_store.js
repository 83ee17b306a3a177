// What this phone keeps of a walk (IndexedDB): notes by id, photos by id. Nothing is taken away before the server has it.
import { openDB } from "../vendor/idb/index.js";
import { carryOut, finish, newId } from "./phone_store.js";

let opening = null;

function store() {
  opening ??= openDB("walk", 1, {
    upgrade(db) {
      db.createObjectStore("notes", { keyPath: "client_id" });
      db.createObjectStore("photos", { keyPath: "id" });
    },
    terminated() { opening = null; },
  });
  return opening;
}

const write = async (...steps) => carryOut(await store(), steps);
export const notes = async (code) => (await (await store()).getAll("notes")).filter((note) => note.code === code);
export const photos = async (code) => (await (await store()).getAll("photos")).filter((photo) => photo.code === code);

/** Keep a note as it now is, one revision on; return it. */
export async function keep(code, stop, content) {
  const db = await store();
  const work = db.transaction("notes", "readwrite", { durability: "strict" });
  const own = (await work.store.getAll()).find((note) => note.code === code && note.stop_id === stop);
  const note = { client_id: own?.client_id ?? newId(), sent: own?.sent ?? 0, code, stop_id: stop, ...content, revision: (own?.revision ?? 0) + 1 };
  await finish(work, [["notes", "put", note]]);
  return note;
}

/** Say that the server has a note at this revision; one that was changed since still waits. */
export async function noteSent(clientId, revision) {
  const db = await store();
  const work = db.transaction("notes", "readwrite");
  const note = await work.store.get(clientId);
  await finish(work, note && revision > note.sent ? [["notes", "put", { ...note, sent: revision }]] : []);
}

export async function keepPhoto(code, note, blob) {
  const photo = { id: newId(), code, note, blob, sent: false };
  await write(["photos", "put", photo]);
  return photo;
}

export async function photoSent(photo) {
  await write(["photos", "put", { ...photo, sent: true }]);
}

export async function removePhoto(id) {
  await write(["photos", "delete", id]);
}
