// Draws charts over the server's picture: the same columns, with a cursor that reads values. Only on pages with a chart.
import uPlot from "uplot";
import { valueText } from "./figures";

interface Columns {
  t: number[];
  series: { name: string; unit: string; v: (number | null)[] }[];
  limits?: { v: number; level: string; text: string }[];
  windows?: [number, number][];
  min: number; max: number; from: number; to: number;
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A hatching of our own: gaps lean to the right, announced windows to the left, so that print and greyscale tell them apart. */
function hatch(ctx: CanvasRenderingContext2D, ground: string, line: string, left: boolean): CanvasPattern | string {
  const d = 12 * devicePixelRatio, tile = document.createElement("canvas");
  tile.width = tile.height = d;
  const g = tile.getContext("2d");
  if (!g) return ground;
  g.fillStyle = ground; g.fillRect(0, 0, d, d);
  g.strokeStyle = line; g.lineWidth = 1.2 * devicePixelRatio; g.lineCap = "square";
  for (const off of [-d, 0, d]) {
    g.beginPath();
    if (left) { g.moveTo(off, 0); g.lineTo(off + d, d); } else { g.moveTo(off, d); g.lineTo(off + d, 0); }
    g.stroke();
  }
  return ctx.createPattern(tile, "repeat") ?? ground;
}

/** Stretches without a reading in any series, from the reading before to the one after. */
function gaps(c: Columns): [number, number][] {
  const out: [number, number][] = [];
  let open = false;
  c.t.forEach((t, i) => {
    const missing = c.series.every((s) => s.v[i] == null);
    const last = out[out.length - 1];
    if (missing && !open) out.push([i > 0 ? c.t[i - 1]! : c.from, c.to]);
    else if (!missing && open && last) last[1] = t;
    open = missing;
  });
  return out;
}

function band(u: uPlot, spans: [number, number][], fill: CanvasPattern | string): void {
  const { ctx, bbox } = u;
  ctx.fillStyle = fill;
  for (const [from, to] of spans) {
    const x0 = Math.max(u.valToPos(from, "x", true), bbox.left), x1 = Math.min(u.valToPos(to, "x", true), bbox.left + bbox.width);
    if (x1 > x0) ctx.fillRect(x0, bbox.top, x1 - x0, bbox.height);
  }
}

function limits(u: uPlot, c: Columns): void {
  const { ctx, bbox } = u, r = devicePixelRatio;
  for (const l of c.limits ?? []) {
    const y = u.valToPos(l.v, "y", true), text = y - 7 * r < bbox.top + 12 * r ? y + 15 * r : y - 7 * r;
    ctx.save();
    ctx.strokeStyle = token(l.level === "warning" ? "--warn-mark" : "--crit-mark");
    ctx.lineWidth = 1.5 * r; ctx.setLineDash([6 * r, 4 * r]);
    ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke();
    ctx.setLineDash([]); ctx.font = `${12 * r}px ${getComputedStyle(document.body).fontFamily}`; ctx.textAlign = l.level === "warning" ? "left" : "right";
    ctx.lineWidth = 4 * r; ctx.strokeStyle = token("--color-base-100"); ctx.lineJoin = "round";
    const x = l.level === "warning" ? bbox.left + 4 * r : bbox.left + bbox.width - 4 * r; // two lines may lie close together
    ctx.strokeText(l.text, x, text);
    ctx.fillStyle = token(l.level === "warning" ? "--warn-text" : "--crit-text");
    ctx.fillText(l.text, x, text);
    ctx.restore();
  }
}

const height = (width: number): number => Math.round(Math.min(Math.max(width * 0.26, 160), 260));

function options(host: HTMLElement, c: Columns): uPlot.Options {
  const lang = host.dataset["lang"] ?? "en", unit = host.dataset["unit"] ?? "";
  const ink = token("--color-base-content"), muted = token("--muted"), grid = token("--grid");
  const dashes = [undefined, [6, 3], [2, 2]], font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: muted, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  const series: uPlot.Series[] = c.series.map((s, i) => ({
    label: s.name, stroke: i ? muted : ink, width: 1.75, points: { show: c.t.length < 3 },
    ...(dashes[i] ? { dash: dashes[i] } : {}), ...(c.series.length === 1 ? { fill: `color-mix(in srgb, ${ink} 7%, transparent)` } : {}),
    value: (_u: uPlot, v: number | null) => valueText(v, unit, lang),
  }));
  const zone = host.dataset["zone"] ?? "";
  return {
    width: host.clientWidth, height: height(host.clientWidth), ...(zone && zone !== "Local" ? { tzDate: (t: number) => uPlot.tzDate(new Date(t * 1000), zone) } : {}),
    scales: { x: { range: [c.from, c.to] }, y: { range: [c.min, c.max] } },
    series: [{ label: host.dataset["time"] ?? "", value: (_u, t: number | null) => (t == null ? "–" : new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", ...(zone && zone !== "Local" ? { timeZone: zone } : {}) }).format(t * 1000)) }, ...series],
    axes: [
      { ...axis, space: 70, values: (_u, ticks, _i, _s, incr) => ticks.map((t) => tickText(t, incr, lang, zone)) },
      { ...axis, size: 64, space: 44, values: (_u, ticks) => ticks.map((v) => valueText(v, unit, lang)) },
    ],
    cursor: { drag: { x: false, y: false } }, legend: { live: true },
    hooks: {
      drawClear: [(u) => {
        band(u, gaps(c), hatch(u.ctx, token("--none-soft"), token("--none-mark"), false));
        band(u, c.windows ?? [], hatch(u.ctx, token("--maint-soft"), token("--maint-mark"), true));
      }],
      draw: [(u) => limits(u, c)],
      setCursor: [(u) => { host.classList.toggle("reading", u.cursor.idx != null); }],
    },
  };
}

function tickText(t: number, incr: number, lang: string, zone: string): string {
  const tz = zone && zone !== "Local" ? { timeZone: zone } : {};
  const how: Intl.DateTimeFormatOptions = incr < 86_400 ? { hour: "2-digit", minute: "2-digit", hour12: false } : { day: "numeric", month: lang === "de" ? "2-digit" : "short" };
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { ...how, ...tz }).format(t * 1000);
}

async function draw(host: HTMLElement): Promise<void> {
  const url = host.dataset["chart"];
  if (!url || host.dataset["drawn"]) return;
  host.dataset["drawn"] = "yes";
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) return; // the server's picture stays
  const c = (await answer.json()) as Columns;
  const picture = host.querySelector("svg"), label = picture?.getAttribute("aria-label") ?? "";
  let plot: uPlot | null = null;
  const paint = (): void => {
    plot?.destroy();
    plot = new uPlot(options(host, c), [c.t, ...c.series.map((s) => s.v)] as uPlot.AlignedData, host);
    const canvas = host.querySelector("canvas");
    canvas?.setAttribute("role", "img");
    canvas?.setAttribute("aria-label", label);
  };
  picture?.remove();
  host.removeAttribute("tabindex"); // nothing to scroll any more
  paint();
  new ResizeObserver(() => plot?.setSize({ width: host.clientWidth, height: height(host.clientWidth) })).observe(host);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  host.dataset["ready"] = "yes";
}

function drawAll(): void {
  for (const host of document.querySelectorAll<HTMLElement>("[data-chart]")) void draw(host);
}

drawAll();
document.addEventListener("htmx:after:swap", drawAll);
