// Bundles every view to one ES module for anywidget, and copies what the HTML export inlines.
//
// Each entry becomes prodmon_widgets/static/<entry>.js. anywidget evaluates a bundle from a Blob URL of its own, so
// entries share no module state: what they share travels through models.
import { build, context } from "esbuild";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// name of the bundle, and where its source begins: a file, or a folder with an index
const ENTRIES = [
  "page/loader",
  "page/selection",
  "page/cube-model",
  "timeline",
  "comparison",
  "segments",
  "new-values",
  "inspector",
  "causes",
  "trail",
];

const VENDORED = {
  "require.js": "requirejs/require.js",
  "embed-amd.js": "@jupyter-widgets/html-manager/dist/embed-amd.js",
};

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "src", "widget");
const target = join(root, "..", "prodmon_widgets", "static");

/** The source file of an entry, or null where there is none. */
function entryFile(name) {
  const endings = [".ts", ".tsx", "/index.ts", "/index.tsx"];
  return endings.map((ending) => join(source, name + ending)).find(existsSync) ?? null;
}

const missing = ENTRIES.filter((name) => entryFile(name) === null);
if (missing.length > 0) {
  console.error(`no source in src/widget for: ${missing.join(", ")}`);
  process.exit(1);
}

/** The packages of files below node_modules. */
function packagesOf(files) {
  const names = files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

/** A package's name, version and licence, which its terms ask to pass on. */
async function notice(name) {
  const folder = join(root, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? await readFile(join(folder, file), "utf8") : "";
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

const options = {
  entryPoints: ENTRIES.map((name) => ({ in: entryFile(name), out: basename(name) })),
  outdir: target,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !process.argv.includes("--watch"),
  jsx: "automatic",
  jsxImportSource: "preact",
  // a view imports its style sheet as text and puts it in its own root
  loader: { ".css": "text", ".svg": "text" },
  // the notices of all of them stand in one file beside the bundles
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

await mkdir(target, { recursive: true });
for (const [name, path] of Object.entries(VENDORED)) {
  await copyFile(join(root, "node_modules", path), join(target, name));
}

if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  const { metafile } = await build(options);
  const copied = Object.values(VENDORED).map((path) => `node_modules/${path}`);
  const notices = await Promise.all(packagesOf([...Object.keys(metafile.inputs), ...copied]).map(notice));
  await writeFile(join(target, "third-party-licenses.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));
  console.log(`built ${ENTRIES.length} views`);
}
