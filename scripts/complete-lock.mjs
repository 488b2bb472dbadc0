// Adds to package-lock.json the optional platform packages that npm left out.
//
// npm writes an entry only for what it could load. A registry mirror that lacks a package of another
// platform therefore yields a lock file without it, and `npm ci` refuses that lock wherever the package
// can be loaded. An entry without `integrity` is enough: npm then asks the configured registry for
// exactly that name and version. What npm wrote itself stays as it is.
//
// Run as `npm run lock`, after every change of a dependency.
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = new URL('../package-lock.json', import.meta.url);
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
// As in the names: `@swc/core-darwin-arm64`, `@oxlint/binding-linux-arm-gnueabihf`.
const PLATFORM =
  /(?<os>aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(?<cpu>arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?:-(?<abi>gnu|musl|msvc|eabi)\w*)?$/;
const WASM = /wasm32(-wasi)?$/;
const LIBC = { gnu: ['glibc'], musl: ['musl'] };

const lock = JSON.parse(readFileSync(LOCK, 'utf8'));
const added = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  const { optionalDependencies = {}, dev, devOptional, peer } = entry;
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const found = lookUp(path, name);
    // A range is satisfied by whatever npm chose; platform packages are demanded at one exact version.
    if (found !== undefined && (!EXACT_VERSION.test(version) || found.version === version))
      continue;
    if (!EXACT_VERSION.test(version)) {
      throw new Error(`${path} wants ${name}@${version}: only exact versions can be added.`);
    }
    const hoisted = `node_modules/${name}`;
    const place = lock.packages[hoisted] === undefined ? hoisted : `${path}/${hoisted}`;
    const { os, cpu, libc } = platformOf(name);
    // Keys in npm's own order, so that npm leaves the file alone; undefined ones are not written.
    lock.packages[place] = { version, cpu, dev, devOptional, libc, optional: true, os, peer };
    added.push(`${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
);
if (added.length > 0) writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} platform packages added to package-lock.json`);

/** The entry Node would load for `name` from the package at `path`: the nearest node_modules wins. */
function lookUp(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const entry = lock.packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`];
    if (entry !== undefined || at === '') return entry;
  }
}

/** The `os`, `cpu` and `libc` by which npm skips a package on other machines, read from its name. */
function platformOf(name) {
  if (WASM.test(name)) return { cpu: ['wasm32'] };
  const { os, cpu, abi } = PLATFORM.exec(name)?.groups ?? {};
  if (os === undefined) throw new Error(`No platform can be read from the name ${name}.`);
  return { os: [os], cpu: [cpu], libc: os === 'linux' ? LIBC[abi] : undefined };
}
