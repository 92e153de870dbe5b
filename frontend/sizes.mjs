// What a visitor downloads before a screen stands: scripts and styles, gzipped, against their budgets.
// Run after a build: node sizes.mjs
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KIB = 1024;
const ENTRY = "index.html";
/** Screens with the modules that they load by themselves, and the most that these may weigh, in KiB. */
const SCREENS = {
  home: { parts: ["src/projects/HomeScreen.tsx"], words: ["shell", "home"], scripts: 200, styles: 25 },
  canvas: { parts: ["src/canvas/CanvasScreen.tsx"], words: ["shell", "tree"], scripts: 300, styles: 25 },
};
/** The longer of the two languages counts: one of them comes with every screen. */
const LANGUAGES = ["en", "zh-CN"];

const manifest = JSON.parse(readFileSync(new URL("dist/.vite/manifest.json", import.meta.url), "utf8"));
const weigh = (file) => gzipSync(readFileSync(new URL(`dist/${file}`, import.meta.url)), { level: 9 }).length;

/** The chunks that come with a module without anything being asked for. */
function withImports(name, found = new Set()) {
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`the build must have the module ${name}; was it renamed?`);
  if (!found.has(name)) {
    found.add(name);
    for (const inner of chunk.imports ?? []) withImports(inner, found);
  }
  return found;
}

function filesOf(names) {
  const chunks = [...new Set(names.flatMap((name) => [...withImports(name)]))].map((name) => manifest[name]);
  return { scripts: new Set(chunks.map((chunk) => chunk.file)), styles: new Set(chunks.flatMap((chunk) => chunk.css ?? [])) };
}

const total = (files) => [...files].reduce((sum, file) => sum + weigh(file), 0);
let over = false;
for (const [screen, { parts, words, ...budgets }] of Object.entries(SCREENS)) {
  const byLanguage = LANGUAGES.map((language) => filesOf([ENTRY, ...parts, ...words.map((part) => `src/i18n/${language}/${part}.ts`)]));
  for (const kind of ["scripts", "styles"]) {
    const got = Math.max(...byLanguage.map((files) => total(files[kind]))) / KIB;
    const word = got <= budgets[kind] ? "within" : "OVER";
    over ||= got > budgets[kind];
    console.log(`${screen} ${kind}: ${got.toFixed(1)} KiB of ${budgets[kind]} gzipped, ${word}`);
  }
  if (process.argv.includes("--list")) {
    for (const file of [...byLanguage[0].scripts].sort((a, b) => weigh(b) - weigh(a))) console.log(`  ${(weigh(file) / KIB).toFixed(1)} ${file}`);
  }
}
process.exitCode = over ? 1 : 0;
