import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import t from 'tap';
import { sha256Hex } from '../../src/core/ids.js';
import { KeyRing } from '../../src/core/keys.js';
import { FairQueue } from '../../src/jobs/fair-queue.js';
import { JobFiles } from '../../src/jobs/job-files.js';
import { keyContext } from '../../src/jobs/job-row.js';
import { temporaryFolder } from '../evidence/outside.js';
import { refused } from '../fixture.js';

const keys = new KeyRing(KeyRing.generate());
const owner = (id: string) => ({ id, wrappedKey: keys.newSubjectKey(keyContext(id)) });
const BLOCK = 65_536;

t.test('a file is read as it was written, whatever its size and its pieces', async (t) => {
  const files = new JobFiles(temporaryFolder(t), () => keys);
  for (const size of [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 17]) {
    const own = owner(`job-${size}`);
    const bytes = randomBytes(size);
    const output = await files.create(own);
    for (let from = 0; from < size; from += 40_000) output.write(bytes.subarray(from, from + 40_000));
    output.end();
    const written = await files.keep(own, output);
    t.same(written, { sizeBytes: size, sha256: sha256Hex(bytes) });
    const file = { name: 'a', mediaType: 'text/plain', ...written };
    t.ok((await buffer(await files.read(own, file))).equals(bytes), `${size} bytes`);
  }
});

t.test('a file that was cut, swapped or changed is not given out as whole', async (t) => {
  const folder = temporaryFolder(t);
  const files = new JobFiles(folder, () => keys);
  const own = owner('one');
  const output = await files.create(own);
  output.end(randomBytes(2 * BLOCK + 100));
  const file = { name: 'a', mediaType: 'text/plain', ...(await files.keep(own, output)) };
  const sealed = readFileSync(join(folder, 'one'));
  const block = BLOCK + 28;
  const flipped = Buffer.from(sealed);
  flipped[block + 30] = (flipped[block + 30] as number) ^ 1;
  const swapped = Buffer.concat([
    sealed.subarray(block, 2 * block),
    sealed.subarray(0, block),
    sealed.subarray(2 * block),
  ]);
  for (const [what, bytes] of Object.entries({
    'cut by a byte': sealed.subarray(0, -1),
    'cut by a block': sealed.subarray(0, 2 * block),
    'a bit flipped': flipped,
    'blocks swapped': swapped,
  })) {
    writeFileSync(join(folder, 'one'), bytes);
    await refused(t, (async () => buffer(await files.read(own, file)))(), 'seal_broken', what);
  }
  writeFileSync(join(folder, 'one'), sealed);
  const cut = { ...file, sizeBytes: 2 * BLOCK };
  writeFileSync(join(folder, 'one'), sealed.subarray(0, 2 * block));
  await refused(
    t,
    (async () => buffer(await files.read(own, cut)))(),
    'seal_broken',
    'cut where a block ends',
  );
  writeFileSync(join(folder, 'two'), sealed);
  await refused(
    t,
    (async () => buffer(await files.read(owner('two'), file)))(),
    'seal_broken',
    'of another job',
  );
  await files.remove('one');
  await refused(t, files.read(own, file), 'not_found', 'removed');
});

t.test('a file that is given up is closed, and nothing of it is left', async (t) => {
  const files = new JobFiles(temporaryFolder(t), () => keys);
  const own = owner('half');
  const output = await files.create(own);
  output.write(randomBytes(BLOCK * 2));
  output.destroy();
  await finished(output).catch(() => {});
  t.same(await files.olderThan(new Date(Date.now() + 60_000)), ['half']);
  t.same(await files.olderThan(new Date(Date.now() - 60_000)), []);
  await files.remove('half');
  t.same(await files.olderThan(new Date(Date.now() + 60_000)), []);
});

t.test('the queue is fair', (t) => {
  const item = (name: string) => ({ name, personId: name[0] as string });
  const queue = new FairQueue<ReturnType<typeof item>>(2);
  const items = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map(item);
  for (const each of items) queue.add(each);
  t.equal(queue.waitingOf('a'), 4);
  const running: ReturnType<typeof item>[] = [];
  const order: string[] = [];
  for (;;) {
    for (let next = queue.next(); next; next = queue.next()) {
      running.push(next);
      order.push(next.name);
    }
    t.ok(running.length <= 2);
    const oldest = running.shift();
    if (!oldest) break;
    queue.end(oldest);
  }
  t.same(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  const last = item('d1');
  queue.add(last);
  t.ok(queue.withdraw(last));
  t.notOk(queue.withdraw(last));
  t.equal(queue.next(), null);
  t.end();
});

t.test('what was sent is read as it was sent, and not at all when it was changed', async (t) => {
  const folder = temporaryFolder(t);
  const files = new JobFiles(folder, () => keys);
  for (const size of [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17]) {
    const own = owner(`job-${size}`);
    const bytes = randomBytes(size);
    await files.keepSent(own, bytes);
    t.ok((await files.readSent(own)).equals(bytes), `${size} bytes`);
  }
  const own = owner(`job-${BLOCK}`);
  await refused(t, files.readSent(own), 'seal_broken', 'under another key');
  const sent = join(folder, 'job-1.sent');
  const kept = readFileSync(sent);
  kept[20] = (kept[20] as number) ^ 1;
  writeFileSync(sent, kept);
  await files.remove('job-0');
  for (const id of ['job-0', 'job-1']) await refused(t, files.readSent(owner(id)), 'seal_broken');
});
