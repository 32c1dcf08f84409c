import { find, refresh } from "./dom";

/** Ages grow while the page is open. The form is that of Lang.Duration; beyond a day the server's date stays. */
function age(seconds: number, hour: string): string {
  const nn = "\u202f";
  if (seconds < 60) return `${seconds}${nn}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${nn}min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}${nn}${hour}${rest ? ` ${rest}${nn}min` : ""}`;
}

function tick(skew: number): void {
  const hour = document.documentElement.lang === "nl" ? "u" : "h";
  for (const t of document.querySelectorAll<HTMLTimeElement>("time[data-ago]")) {
    const seconds = Math.max(0, Math.floor((Date.now() + skew - Date.parse(t.dateTime)) / 1000));
    if (seconds < 86_400) t.textContent = age(seconds, hour);
  }
}

/** Says it when the stream is gone for ten seconds: a page that looks alive and is not would lie. */
function watchStream(): void {
  const bar = find(HTMLElement, "#offline");
  if (!bar) return;
  let timer = 0;
  const lost = (): void => { timer ||= window.setTimeout(() => { bar.hidden = false; }, 10_000); };
  const back = (): void => {
    window.clearTimeout(timer);
    timer = 0;
    if (!bar.hidden) { bar.hidden = true; refreshAll(); }
  };
  document.addEventListener("htmx:sse:error", lost);
  document.addEventListener("htmx:sse:after:connection", back);
}

/** What a changed state may change on a page beside the badges: the list, or what a device's page says first. */
function refreshAll(): void {
  for (const id of ["list", "device-head", "device-panels"]) refresh(id);
}

export function startLive(): void {
  // The site's clock decides; a visitor's wrong clock must not make a reading old.
  const now = Number(document.body.dataset["now"]) * 1000;
  const skew = now > 0 ? now - Date.now() : 0;
  window.setInterval(() => tick(skew), 20_000);
  document.addEventListener("reload", refreshAll);
  watchStream();
}
