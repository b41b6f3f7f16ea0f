import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { keepFresh, PackShelf } from '../../src/policy/index.js';
import { refused } from '../fixture.js';
import { packText, ruleText } from './pack-text.js';

const NOW = new Date('2023-06-01T00:00:00.000Z');
const LATER = new Date('2023-06-02T00:00:00.000Z');
const good = packText([ruleText({})]);
const mended = packText([ruleText({ severity: 'review' })]);
const broken = good.replace('severity: block', 'severty: block');

function folderOf(t: Test, text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'station-packs-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let version = 0;
  const write = (next: string) => {
    const file = join(folder, 'aa.yaml');
    writeFileSync(file, next);
    version += 1;
    utimesSync(file, version, version);
  };
  write(text);
  return { folder, write };
}

t.test('a broken folder does not open', async (t) => {
  const { folder } = folderOf(t, broken);
  const error = await refused(t, PackShelf.open(NOW, { folder }), 'policy_packs_invalid');
  t.match(error?.message, /aa\.yaml:\d+ .*severty/);
});

t.test('a changed pack takes effect; a broken one leaves the last good set and says so', async (t) => {
  const { folder, write } = folderOf(t, good);
  const shelf = await PackShelf.open(NOW, { folder });
  const first = shelf.current;
  t.equal(await shelf.refresh(LATER), false, 'nothing changed');

  write(broken);
  t.equal(await shelf.refresh(LATER), false);
  t.equal(shelf.current, first, 'the last good set');
  t.equal(shelf.loadedAt, NOW.toISOString());
  t.match(shelf.fault, {
    at: LATER.toISOString(),
    faults: [{ file: 'aa.yaml' }, { file: 'aa.yaml', message: /severty/ }],
  });

  write(good);
  t.equal(await shelf.refresh(LATER), false, 'the same bytes again');
  t.equal(shelf.fault, null, 'mended');
  t.equal(shelf.current, first);

  write(mended);
  t.equal(await shelf.refresh(LATER), true);
  t.not(shelf.current, first);
  t.equal(shelf.loadedAt, LATER.toISOString());
  t.equal(shelf.current.packs[0]?.rules[0]?.severity, 'review');
});

t.test('no packs, a file that is not text, and a folder that is gone are faults too', async (t) => {
  const { folder } = folderOf(t, good);
  const shelf = await PackShelf.open(NOW, { folder });
  const first = shelf.current;
  rmSync(join(folder, 'aa.yaml'));
  await shelf.refresh(LATER);
  t.match(shelf.fault?.message, /没有找到政策包/);
  writeFileSync(join(folder, 'aa.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
  await shelf.refresh(LATER);
  t.match(shelf.fault?.faults, [{ file: 'aa.yaml', line: 1, message: /UTF-8/ }]);
  rmSync(folder, { recursive: true });
  await shelf.refresh(LATER);
  t.match(shelf.fault?.message, /ENOENT/);
  t.equal(shelf.current, first);
  mkdirSync(folder);
  writeFileSync(join(folder, 'aa.yaml'), good);
  await shelf.refresh(LATER);
  t.equal(shelf.fault, null);
});

t.test('a set that cannot be kept does not come into force', async (t) => {
  const { folder, write } = folderOf(t, good);
  let isFull = false;
  const adopt = async () => {
    if (isFull) throw new Error('disk full');
  };
  const shelf = await PackShelf.open(NOW, { folder, adopt });
  const first = shelf.current;
  isFull = true;
  write(mended);
  t.equal(await shelf.refresh(LATER), false);
  t.equal(shelf.current, first);
  t.match(shelf.fault, { message: 'disk full', faults: [] });
  isFull = false;
  t.equal(await shelf.refresh(LATER), true, 'tried again though the folder is the same');
});

t.test('looks by itself, and tells each new state once', async (t) => {
  const { folder, write } = folderOf(t, good);
  const shelf = await PackShelf.open(NOW, { folder });
  const told: (string | null)[] = [];
  let heard = () => {};
  const next = () => new Promise<void>((resolve) => (heard = resolve));
  const stop = keepFresh(shelf, {
    everyMs: 5,
    now: () => LATER,
    onChange: () => {
      told.push(shelf.fault === null ? null : 'fault');
      heard();
    },
  });
  const awake = setInterval(() => {}, 1000);
  t.teardown(() => {
    stop();
    clearInterval(awake);
  });
  const first = next();
  write(broken);
  await first;
  await new Promise((resolve) => setTimeout(resolve, 30));
  const second = next();
  write(mended);
  await second;
  t.same(told, ['fault', null]);
});
