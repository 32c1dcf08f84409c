// Builds embed/dist from embed/web: one stylesheet, two scripts, one icon sprite, two fonts. Run through `npm run build`.
// Names carry no hash: the Go side hashes what it embeds, so that the two can never disagree.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const dist = join(web, "..", "dist");
const root = join(web, "..", "..");
const modules = join(root, "node_modules");

// What one visit may cost, in bytes after gzip. A page without a chart loads app.css and app.js only.
const budget = { "app.css": 19_000, "app.js": 20_500, "chart.js": 26_000, "icons.svg": 9_000 };

function empty() {
  mkdirSync(dist, { recursive: true });
  for (const f of readdirSync(dist)) if (f !== ".gitkeep") rmSync(join(dist, f), { recursive: true });
}

function styles() {
  const cli = createRequire(import.meta.url).resolve("@tailwindcss/cli/package.json");
  const bin = join(dirname(cli), JSON.parse(readFileSync(cli, "utf8")).bin.tailwindcss);
  execFileSync(process.execPath, [bin, "-i", join(web, "app.css"), "-o", join(dist, "app.css"), "--minify"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

function scripts() {
  buildSync({
    entryPoints: [join(web, "app.ts"), join(web, "chart.ts")], outdir: dist, bundle: true, minify: true,
    format: "iife", target: ["es2022"], legalComments: "none", logLevel: "warning",
  });
}

function icons() {
  const names = readFileSync(join(web, "icons.txt"), "utf8").split("\n").map((n) => n.trim()).filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8");
    const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/<svg[\s\S]*?>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
  });
  writeFileSync(join(dist, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

function fonts() {
  for (const [short, name] of [["next", "atkinson-hyperlegible-next"], ["mono", "atkinson-hyperlegible-mono"]]) {
    copyFileSync(join(modules, "@fontsource-variable", name, "files", `${name}-latin-wght-normal.woff2`), join(dist, `${short}.woff2`));
  }
}

/** What we ship of others, with its licence as the licence asks; shown at the foot of the menu page. */
function licences() {
  const shipped = ["htmx.org", "uplot", "tailwindcss", "daisyui", "lucide-static", "@fontsource-variable/atkinson-hyperlegible-next", "@fontsource-variable/atkinson-hyperlegible-mono"];
  writeFileSync(join(dist, "licences.txt"), shipped.map((name) => {
    const dir = join(modules, name), about = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
    const file = readdirSync(dir).find((f) => /^licen[cs]e/i.test(f));
    if (!file) throw new Error(`${name} has no licence file`);
    return `${name} ${about.version} (${about.license})\n\n${readFileSync(join(dir, file), "utf8").trim()}\n`;
  }).join("\n\n"));
}

function weigh() {
  let over = 0;
  for (const f of readdirSync(dist).filter((f) => f !== ".gitkeep").sort()) {
    const raw = statSync(join(dist, f)).size;
    const gz = f.endsWith(".woff2") ? raw : gzipSync(readFileSync(join(dist, f)), { level: 9 }).length;
    const goal = budget[f];
    console.log(`${f.padEnd(11)} ${String(raw).padStart(7)} bytes, ${String(gz).padStart(6)} sent${goal ? `, budget ${goal}` : ""}`);
    if (goal && gz > goal) over++;
  }
  if (over) throw new Error(`${over} file(s) over budget; see the list above`);
}

if (!existsSync(modules)) throw new Error("node_modules is missing: run `npm ci` first");
empty(); icons(); fonts(); licences(); scripts(); styles(); weigh();
