// A page that the phone keeps may open at any hour: dark when the sun is more than 6° down where the municipality lies.
// Not a module: it runs before anything is painted, so that nobody is met by a white page at night.
{
  const root = document.documentElement;
  const [lon, lat] = (root.dataset.sun ?? "").split(" ").map(Number);
  const RAD = Math.PI / 180;

  /** The sun's height in degrees, within half a degree (mean longitude and anomaly from J2000). */
  const height = (days) => {
    const anomaly = (357.529 + 0.98560028 * days) * RAD;
    const longitude = (280.459 + 0.98564736 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
    const tilt = 23.439 * RAD;
    const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
    const ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
    const hour = (280.46061837 + 360.98564736629 * days + lon) * RAD - ascension;
    return Math.asin(Math.sin(lat * RAD) * Math.sin(declination) + Math.cos(lat * RAD) * Math.cos(declination) * Math.cos(hour)) / RAD;
  };

  if (Number.isFinite(lat) && height(Date.now() / 86_400_000 - 10_957.5) < -6) root.dataset.theme = "dark";
}
