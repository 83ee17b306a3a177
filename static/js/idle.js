/** Resolves when the page has been drawn and has nothing better to do, and at the latest after a second. */
export const idle = () => new Promise((resolve) => {
  if (globalThis.requestIdleCallback) requestIdleCallback(resolve, { timeout: 1000 });
  else setTimeout(resolve, 200);
});
