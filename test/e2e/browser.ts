import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { brotliDecompressSync, createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import type { Test } from 'tap';

/**
 * A real browser for tests: the Chromium at CHROMIUM_PATH, or else the one that the package @sparticuz/chromium brings
 * along for Linux on x64. Where neither starts, the tests are skipped and say so; with CONFORMANCE_VECTORS=required that
 * is a failure.
 */

// Not the package's own `args`: they switch off web security and the separation of processes.
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nor may the browser itself look anything up.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];
const START_MS = 60_000;

interface Candidate {
  readonly executablePath: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Browsers in the order in which they are tried; what has to be unpacked first is, in a folder that `t` removes. */
async function* candidates(t: Test): AsyncGenerator<Candidate> {
  const given = process.env['CHROMIUM_PATH'];
  if (given) yield { executablePath: given };
  const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  // The package itself would unpack to /tmp/chromium, and run whatever it finds there.
  const executablePath = join(folder, 'chromium');
  await pipeline(
    createReadStream(join(packed, 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(executablePath, { mode: 0o700 }),
  );
  yield { executablePath };
  // A bare machine has no NSS; the package has one.
  const libraries = brotliDecompressSync(readFileSync(join(packed, 'al2023.tar.br')));
  spawnSync('tar', ['-x', '-C', folder], { input: libraries });
  yield { executablePath, env: { LD_LIBRARY_PATH: join(folder, 'lib') } };
}

export async function startBrowser(t: Test): Promise<Browser | null> {
  let fault = '';
  try {
    for await (const { executablePath, env } of candidates(t)) {
      try {
        const environment = { ...process.env, ...env };
        return await chromium.launch({ executablePath, args: ARGS, env: environment, timeout: START_MS });
      } catch (error) {
        fault = `${executablePath}: ${(error as Error).message.split('\n', 1)[0]}`;
        t.comment(`does not start: ${fault}`);
      }
    }
  } catch (error) {
    fault = (error as Error).message;
  }
  if (process.env['CONFORMANCE_VECTORS'] === 'required') t.fail(`no Chromium starts here: ${fault}`);
  else {
    t.comment(`NOT RUN: no Chromium starts here: ${fault}`);
    t.pass('not run', { skip: `no Chromium starts here: ${fault}` });
  }
  return null;
}
