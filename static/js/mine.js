// “I telefonen”: what waits and why, what has been begun, what has been sent, and one button that clears it all.
import { sendAll, sendAsNew, tryAgain, waiting, withdraw } from "./outbox.js";
import { all, empty, reason, write } from "./phone_store.js";

const $page = document.querySelector("[data-phone]");
const words = JSON.parse(document.querySelector("[data-phone-words]").textContent);
const $status = document.querySelector("[data-phone-status]");
const say = (text) => { $status.textContent = text; };
const when = (at) => new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });

function element(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function button(text, act, className = "button quiet full") {
  const $button = Object.assign(element("button", className, text), { type: "button" });
  $button.addEventListener("click", act);
  return $button;
}

function link(text, address, className = "button full") {
  return Object.assign(element("a", className, text), { href: address });
}

async function again(id, change) {
  await tryAgain(id, change);
  say(words.trying);
  await sendAll({ force: true });
  const left = (await waiting()).find((item) => item.client_id === id);
  say(left ? words.why[left.reason] ?? words.still : words.sent);
}

function actions(item) {
  const { client_id: id } = item;
  const remove = button(words.remove, async () => { await withdraw(id); say(item.tries ? words.removed_tried : words.removed); });
  if (item.state === "waiting") return [button(words.now, () => again(id), "button full"), remove];
  const mend = link(words.mend, `/report?mend=${id}`);
  if (item.reason === "differs") return [button(words.as_new, async () => again(await sendAsNew(id)), "button full"), remove];
  if (item.reason === "large") return [mend, button(words.fewer, () => again(id, { photos: item.photos.slice(0, -1) })), remove];
  return [mend, remove];
}

function waitingLine(item) {
  const $line = element("li", "card", "");
  $line.append(element("h3", "", when(item.made_at)));
  const photos = item.photos.length ? words.photos.replace("{n}", item.photos.length) : words.no_photos;
  $line.append(element("p", "", `${(item.fields.categories ?? []).map((code) => words.categories[code] ?? code).join(", ")}. ${photos}`));
  $line.append(element("p", item.state === "refused" ? "error" : "soft", words.why[item.reason] ?? words.still));
  if (item.not_before > Date.now()) $line.append(element("p", "soft", words.next.replace("{at}", new Date(item.not_before).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" }))));
  for (const sentence of Object.values(item.errors ?? {})) $line.append(element("p", "error", sentence));
  $line.append(...actions(item));
  return $line;
}

function draftLine(draft) {
  const $line = element("li", "card", "");
  $line.append(element("p", "", when(draft.at)), link(words.go_on, `/report${draft.search}`));
  $line.append(button(words.remove, () => write(["drafts", "delete", draft.id])));
  return $line;
}

function receiptLine(receipt) {
  const $line = element("li", "card", "");
  $line.append(link(`\u2068${receipt.reference}\u2069, ${when(receipt.at)}`, receipt.path, "whole-line"));
  for (const sentence of receipt.photo_problems) $line.append(element("p", "soft", sentence));
  if (receipt.photos?.length) $line.append(link(words.photos_again, receipt.path, "button quiet full"));
  return $line;
}

function list(name, rows, line) {
  const $section = $page.querySelector(`[data-${name}]`);
  $section.hidden = rows.length === 0;
  $section.querySelector("ul").replaceChildren(...rows.map(line));
}

async function show() {
  try {
    const [items, drafts, receipts] = [await waiting(), await all("drafts"), await all("receipts")];
    list("waiting", items, waitingLine);
    list("drafts", drafts.filter((draft) => !draft.id.startsWith("place:")), draftLine);
    list("receipts", receipts.sort((a, b) => b.at - a.at), receiptLine);
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    $page.querySelector("[data-full]").hidden = !(quota && usage / quota > 0.9);
    const kept = items.length + drafts.length + receipts.length + (await all("places")).length;
    $page.querySelector("[data-nothing]").hidden = kept > 0;
    $page.querySelector("[data-clearing]").hidden = kept === 0;
  } catch (error) {
    say(reason(error) === "newer" ? document.querySelector("[data-mine]").dataset.newer : words.closed);
  }
}

async function clear() {
  await empty();
  for (const registration of await navigator.serviceWorker?.getRegistrations() ?? []) await registration.unregister();
  for (const name of await globalThis.caches?.keys() ?? []) await caches.delete(name); // after it that would fill them
  localStorage.clear();
  sessionStorage.clear();
  say(words.cleared);
}

$page.hidden = false;
document.querySelector("[data-clear]").addEventListener("click", () => clear().catch(() => say(words.closed)));
addEventListener("phone:changed", show);
show();
