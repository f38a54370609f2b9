// Builds dist/: the command line as one file that starts fast, the library, and its types.
// node scripts/build.mjs [--no-types]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'dist');
// Built beside it and put in place as a whole: somebody may be running the old one.
const fresh = join(root, `dist.${process.pid}.new`);

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  logLevel: 'warning',
};

/** ssh2's optional native part is found in its package, and libraries that load on demand are bundled. */
const inside = {
  name: 'inside',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /sshcrypto\.node$/ }, () => ({
      path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node',
      external: true,
    }));
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('createRequire(import.meta.url)(', 'require('),
      loader: 'ts',
    }));
  },
};

/** One CommonJS file with everything in it: half the time of ES modules, most of all with kept machine code. */
async function program(entry, outfile, more = {}) {
  await build({
    ...shared,
    entryPoints: [entry],
    outfile: join(fresh, outfile),
    format: 'cjs',
    external: ['cpu-features'],
    plugins: [inside],
    define: { 'import.meta.url': 'hw_url', ...more.define },
    banner: { js: "const hw_url=require('node:url').pathToFileURL(__filename).href;" },
  });
}

async function library() {
  await build({
    ...shared,
    entryPoints: { index: 'src/index.ts', daemon: 'src/lab/embedded/daemon.ts' },
    outdir: fresh,
    splitting: true,
    format: 'esm',
    packages: 'external',
  });
}

/** Types of the library; tsc says what is wrong in the sources, too. */
function types() {
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.', '--emitDeclarationOnly', '--outDir', fresh];
  return new Promise((resolve, reject) => {
    spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }).on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error('the sources have type errors')),
    );
  });
}

try {
  const checked = process.argv.includes('--no-types') ? undefined : types();
  // The embedded lab starts daemon.js beside the file that it is in itself.
  await Promise.all([
    program('src/cli/main.ts', 'cli/hostwright.js'),
    program('src/lab/embedded/daemon.ts', 'cli/daemon.js'),
    library(),
  ]);
  const hash = createHash('sha256')
    .update(readFileSync(join(fresh, 'cli/hostwright.js')))
    .digest('hex')
    .slice(0, 16);
  await program('src/cli/launch.ts', 'cli/main.js', { define: { PROGRAM_HASH: JSON.stringify(hash) } });
  chmodSync(join(fresh, 'cli/main.js'), 0o755);
  writeFileSync(join(fresh, 'cli/package.json'), '{ "type": "commonjs" }\n');
  await checked;
  const old = `${fresh}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
