import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { projectFile } from '../../src/core/project.js';
import { buildPackage } from './build-package.js';
import { verify } from './verifier.js';

t.test('a bit flipped in any byte of a package is found', async (t) => {
  const { zip } = buildPackage();
  t.equal((await verify(zip)).failed, 0);
  const started = performance.now();
  const step = availableParallelism();
  const shares = await Promise.all(
    Array.from(
      { length: step },
      (_, first) =>
        new Promise<{ count: number; missed: number[] }>((resolve, reject) => {
          const worker = new Worker(projectFile('test', 'verifier', 'flip-worker.mjs'), {
            workerData: { zip, first, step, wholeEvery: 101 },
          });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );
  const count = shares.reduce((sum, share) => sum + share.count, 0);
  const missed = shares.flatMap((share) => share.missed);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  t.comment(`bit flips found: ${count - missed.length} / ${zip.length} in ${seconds} s`);
  t.equal(count, zip.length);
  t.same(missed, []);
});
