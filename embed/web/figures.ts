// Figures as ui/format.go writes them: three figures, decimal prefixes, a narrow no-break space before the unit.
const nn = "\u202f";
const prefixes = ["", "k", "M", "G", "T", "P"];

function short(v: number, lang: string): string {
  const a = Math.abs(v), decimals = a < 1 ? 2 : a < 10 ? 1 : 0;
  return new Intl.NumberFormat(lang, { maximumFractionDigits: decimals }).format(v).replace("-", "\u2212");
}

function scaled(v: number, unit: string, lang: string): string {
  let i = 0;
  while (Math.abs(v) >= 1000 && i < prefixes.length - 1) { v /= 1000; i++; }
  return `${short(v, lang)}${nn}${prefixes[i]}${unit}`;
}

/** A value with its unit; null is a dash, never a zero. */
export function valueText(v: number | null | undefined, unit: string, lang: string): string {
  if (v == null) return "–";
  if (unit === "") return short(v, lang);
  if (unit === "%") return `${short(v, lang)}${lang === "nl" ? "" : nn}%`;
  if (unit === "B" || unit === "B/s" || unit === "bit/s" || unit === "Hz") return scaled(v, unit, lang);
  if (unit === "s") return seconds(v, lang);
  return `${short(v, lang)}${nn}${unit}`;
}

function seconds(v: number, lang: string): string {
  const a = Math.abs(v), hour = lang === "nl" ? "u" : "h";
  if (a === 0) return `0${nn}s`;
  if (a < 1) return `${short(v * 1000, lang)}${nn}ms`;
  if (a < 60) return `${short(v, lang)}${nn}s`;
  if (a < 3600) return `${Math.floor(a / 60)}${nn}min`;
  return `${short(v / 3600, lang)}${nn}${hour}`;
}
