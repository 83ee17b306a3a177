// Words that are being typed are kept in the first pause, and at once when the phone is put away before one.
const PAUSE_MS = 400;

/** Return {typed, over}: `keep` is called with what `typed` was told last; `over` forgets it, once it is kept in another way. */
export function inPauses(keep) {
  let timer = 0;
  let last = null;
  const over = () => { clearTimeout(timer); timer = 0; };
  const now = () => { if (timer) { over(); keep(last); } };
  addEventListener("pagehide", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && now());
  return { over, typed: (what) => { over(); last = what; timer = setTimeout(now, PAUSE_MS); } };
}
