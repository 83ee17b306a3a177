// What the service worker does with a message: a quiet notice without contents; a tap opens the report.
addEventListener("push", (event) => {
  let told = {};
  try { told = event.data?.json() ?? {}; } catch { /* a message that cannot be read still says that there is news */ }
  const { title = "Ljuspunkt", body = "", lang = "sv", tag = "ljuspunkt", url = "/" } = told;
  event.waitUntil(registration.showNotification(title, { body, lang, tag, dir: "auto", icon: "/static/img/icon.svg", silent: true, data: { url } }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.url ?? "/", location.origin);
  if (address.origin !== location.origin) address.href = location.origin; // nothing leads away from here
  event.waitUntil((async () => {
    const open = (await clients.matchAll({ type: "window" })).find(({ url }) => url === address.href);
    return open ? open.focus() : clients.openWindow(address.href);
  })());
});
