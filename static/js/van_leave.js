// Signing out empties the phone of the day's tickets, once the server has signed out: without coverage neither happens, and
// the day stays for the work. Visits that have not been sent stay in any case, and somebody is told so.
import { all, leave } from "./van_store.js";
import { fetchDay } from "./van_sync.js";

const PATIENCE_MS = 20_000;
const SIGN_IN = "/login";

for (const $leave of document.querySelectorAll("form[data-leave]")) {
  const $button = $leave.querySelector("button");
  $leave.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ($button.disabled) return;
    $button.disabled = true;
    await signOutHere($leave).finally(() => { $button.disabled = false; });
  });
}

async function signOutHere($leave) {
  tell("");
  if (navigator.onLine === false) return tell($leave.dataset.offline);
  const questions = await whatStaysOrGoes($leave.dataset);
  if (questions && !confirm(questions)) return;
  const problem = await signOut($leave.action, $leave.elements.csrf_token.value);
  if (problem) return tell($leave.dataset[problem]);
  await leave().catch(() => {});
  const names = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(names.filter((name) => name.startsWith("van-")).map((name) => caches.delete(name)));
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // the way back shows no day that is gone from the phone
  location.assign(SIGN_IN);
}

/** Ask about visits that wait, which stay in the phone, and about what is written at tickets that are not closed, which does not. */
async function whatStaysOrGoes({ leave: stays, begun: goes }) {
  const waiting = await all("outbox").catch(() => []);
  const begun = (await all("drafts").catch(() => [])).filter(isWritten);
  return [[stays, waiting], [goes, begun]].filter(([, rows]) => rows.length).map(([text, rows]) => text.replace("%(n)s", rows.length)).join("\n\n");
}

const isWritten = ({ done, note, parts, action, photos, ended }) => !done && Boolean(note || parts || action || photos?.length || ended);

/** Sign out on the server; return "" when nobody is signed in any more, else "offline" or "refused". */
async function signOut(address, token, again = true) {
  let answer;
  try {
    const signal = AbortSignal.timeout ? AbortSignal.timeout(PATIENCE_MS) : undefined;
    answer = await fetch(address, { method: "POST", body: new URLSearchParams({ csrf_token: token }), signal });
  } catch {
    return "offline";
  }
  if (answer.ok && new URL(answer.url).pathname === SIGN_IN) return "";
  if (answer.status !== 400 || !again) return "refused";
  const { day, problem } = await fetchDay(); // the token of the page belongs to a sign-in that is over
  if (day) return signOut(address, day.csrf, false);
  return { signin: "", offline: "offline" }[problem] ?? "refused";
}

/** Say it at the top of the page, where the press was. */
function tell(text) {
  const $said = document.querySelector("[data-leave-said]") ?? said();
  $said.textContent = text;
  $said.hidden = !text;
}

function said() {
  const $said = document.createElement("p");
  $said.setAttribute("role", "alert");
  $said.className = "wrong";
  $said.dataset.leaveSaid = "";
  document.querySelector("main").prepend($said);
  return $said;
}
