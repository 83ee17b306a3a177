// A photo that knows where it was taken: the place is offered, and taken only when the person says so.
const FAR_M = 50;
const METRES_PER_DEGREE = 111_320;

function metres(a, b) {
  const east = (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180);
  return METRES_PER_DEGREE * Math.hypot(a.lat - b.lat, east);
}

export function setUpOffer($form) {
  const $offer = $form.querySelector("[data-photo-offer]");
  const { lat, lon, accuracy_m: accuracy, method } = $form.elements;
  let offered = null;
  $form.addEventListener("photo-position", ({ detail }) => {
    const chosen = lat.value && lon.value ? { lat: Number(lat.value), lon: Number(lon.value) } : null;
    if (chosen && metres(chosen, detail) < FAR_M) return;
    offered = detail;
    const { place, far } = $offer.dataset;
    const text = chosen ? far.replace("{m}", Math.round(metres(chosen, detail))) : place.replace("{lat}", detail.lat.toFixed(5)).replace("{lon}", detail.lon.toFixed(5));
    $offer.querySelector("p").textContent = text;
    $offer.hidden = false;
  });
  $offer.querySelector("[data-yes]").addEventListener("click", () => {
    [lat.value, lon.value, accuracy.value] = [offered.lat.toFixed(7), offered.lon.toFixed(7), ""];
    lat.dispatchEvent(new Event("change", { bubbles: true }));
    method.value = "pin"; // it was not typed
    $offer.hidden = true;
  });
  $offer.querySelector("[data-no]").addEventListener("click", () => { $offer.hidden = true; });
}
