import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClaim, submitClaim } from '../src/claims/index.js';
import { loadPacks } from '../src/policy/index.js';
import { perSecond, report } from './report.js';
import { caller, claimOf, openWorld } from './world.js';

const CLAIMS = 100_000;

/**
 * A package of a whole book with 100,000 submitted claims, written by a process of its own: MB of log a second and the
 * most memory that the process had. The offline verifier then reads the same file.
 */
export async function packageExport(): Promise<void> {
  const world = await openWorld();
  const packs = loadPacks();
  await perSecond(CLAIMS, 128, async (n) => {
    const claim = await createClaim(world.store, caller(world.operator), world.bookId, claimOf(world, n));
    await submitClaim(world.store, packs, caller(world.operator), world.bookId, claim.id, null);
  });
  const file = `${world.folder}/package.zip`;
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('./export-worker.js', import.meta.url)),
      world.url,
      world.folder,
      world.bookId,
      world.finance.personId,
      file,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let answer = '';
  for await (const line of createInterface({ input: child.stdout })) answer = line;
  if (child.exitCode === null) await once(child, 'exit');
  const { seconds, peakMb, logBytes } = JSON.parse(answer) as {
    seconds: number;
    peakMb: number;
    logBytes: number;
  };
  const zipMb = statSync(file).size / 1e6;
  const logMb = logBytes / 1e6;
  console.log(
    `export of ${CLAIMS} claims: ${seconds.toFixed(1)} s, ${(logMb / seconds).toFixed(1)} MB of log a second (${logMb.toFixed(0)} MB of log into a package of ${zipMb.toFixed(0)} MB), peak memory ${peakMb.toFixed(0)} MB`,
  );
  const started = performance.now();
  const verifier = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../src/verifier/verify.mjs', import.meta.url)), file],
    { stdio: 'ignore' },
  );
  const [code] = (await once(verifier, 'exit')) as [number];
  const checked = (performance.now() - started) / 1000;
  if (code !== 3 && code !== 0) throw new Error(`the package does not verify: exit code ${code}`);
  report(
    'offline verification',
    `${checked.toFixed(1)} s`,
    'its export',
    `${seconds.toFixed(1)} s`,
    checked / seconds,
  );
  await world.close();
}
