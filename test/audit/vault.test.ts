import {
  type DataSubject,
  ERASED,
  isSealed,
  openContent,
  partySubject,
  reveal,
  sealContent,
  type Unit,
} from '../../src/audit/index.js';
import { KeyRing } from '../../src/core/keys.js';
import type { Row } from '../../src/db/database.js';
import type { Store, Trx } from '../../src/db/store.js';
import type { Actor } from '../../src/organisations/index.js';
import { claimInput, fundInput, seedWorld, tell } from '../fixture.js';
import { forEachEngine, seedTree, shown } from '../helper.js';
import { type Method, serve } from '../http/service.js';
import { TEST_MASTER } from '../keys.js';

const OTHER_KEYS = () => new KeyRing(Buffer.alloc(32, 8));
const digestOf = (sealed: string) => sealed.slice('sealed:'.length);

/** What `work` gives, of a command on the county's book. */
async function within<T>(store: Store, bookId: string, work: (unit: Unit) => Promise<T>): Promise<T> {
  let result: T | undefined;
  await tell(store, bookId, async (unit) => {
    result = await work(unit);
  });
  return result as T;
}

class Undo extends Error {}

/** What `look` sees after `change`, which is then undone. */
async function tampered<T>(
  store: Store,
  change: (trx: Trx) => Promise<unknown>,
  look: (trx: Trx) => Promise<T>,
): Promise<T> {
  let seen: Promise<T> | undefined;
  await store.admin
    .transaction()
    .execute(async (trx) => {
      await change(trx);
      seen = look(trx);
      await seen.catch(() => {});
      throw new Undo();
    })
    .catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  return seen as Promise<T>;
}

forEachEngine('what is sealed opens to the same text, wherever it stands in a view', async (t, store) => {
  const { county } = await seedWorld(store);
  const texts = ['张敏', '', ' 空格 ', '🙂\n"\\', 'é', '字'.repeat(500), `sealed:${'0'.repeat(64)}`];
  const sealed = await within(store, county.bookId, async (unit) => {
    const all: string[] = [];
    for (const text of [...texts, ...texts]) all.push(await unit.seal(text, 'person/x'));
    t.equal(await unit.sealNote(null, 'person/x'), null);
    return all;
  });
  t.ok(sealed.every(isSealed));
  t.equal(new Set(sealed).size, sealed.length, 'equal texts are not recognisable');
  const view = {
    list: sealed,
    one: { deep: [{ name: sealed[0] }] },
    plain: '张敏',
    none: null,
    n: 1,
    yes: true,
  };
  t.strictSame(await shown(store, view), {
    list: [...texts, ...texts],
    one: { deep: [{ name: '张敏' }] },
    plain: '张敏',
    none: null,
    n: 1,
    yes: true,
  });
  t.strictSame(await shown(store, { plain: '张敏' }), { plain: '张敏' });
  t.equal(await shown(store, `sealed:${'0'.repeat(64)}`), ERASED, 'what is not kept was erased');
  const buffer = Buffer.from(sealed[0] as string);
  t.equal((await shown(store, { buffer })).buffer, buffer, 'bytes are left alone');
  const keys = await store.read
    .selectFrom('vaultKey')
    .selectAll()
    .where('subject', '=', 'person/x')
    .execute();
  t.equal(keys.length, 1, 'one key for the subject');
  const values = await store.read
    .selectFrom('vaultValue')
    .select('ciphertext')
    .where('subject', '=', 'person/x')
    .execute();
  t.equal(new Set(values.map((value) => value.ciphertext)).size, sealed.length);
  const again = await openAgain(store, sealed[0] as string);
  t.equal(again, '张敏', 'a process that never saw the key opens it too');
  t.equal(
    partySubject(store.keys, ' 王 某'),
    partySubject(store.keys, '王某'),
    'one party, however it is spaced',
  );
  t.not(partySubject(store.keys, '王某'), partySubject(OTHER_KEYS(), '王某'));
});

const openAgain = (store: Store, sealed: string) => reveal(store.read, new KeyRing(TEST_MASTER), sealed);

forEachEngine('nothing opens under another master key', async (t, store) => {
  const { county } = await seedWorld(store);
  const sealed = await within(store, county.bookId, (unit) => unit.seal('张敏', 'person/x'));
  await t.rejects(reveal(store.read, OTHER_KEYS(), { name: sealed }), { code: 'seal_broken' });
  const key = await keyRow(store.read, county.bookId, 'person/x');
  const content = sealContent(store.keys, key, Buffer.from('%PDF-'));
  const subject = { bookId: county.bookId, subject: 'person/x' };
  t.ok((await openContent(store.read, store.keys, subject, content))?.equals(Buffer.from('%PDF-')));
  await t.rejects(openContent(store.read, OTHER_KEYS(), subject, content), { code: 'seal_broken' });
  t.equal(await openContent(store.read, store.keys, { ...subject, subject: 'nobody' }, content), null);
  t.not(OTHER_KEYS().id, store.keys.id);
  for (const length of [0, 31, 33]) {
    t.throws(() => new KeyRing(Buffer.alloc(length)), { code: 'master_key_invalid' });
  }
});

const keyRow = (db: Store['read'] | Trx, bookId: string, subject: DataSubject): Promise<Row<'vaultKey'>> =>
  db
    .selectFrom('vaultKey')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('subject', '=', subject)
    .executeTakeFirstOrThrow();

forEachEngine('a ciphertext opens in its own place and in no other', async (t, store) => {
  const { county, neighbour } = await seedWorld(store);
  const [mine, twin, other] = await within(store, county.bookId, async (unit) => [
    await unit.seal('张敏', 'person/x'),
    await unit.seal('李华', 'person/x'),
    await unit.seal('王强', 'person/y'),
  ]);
  const foreign = await within(store, neighbour.bookId, (unit) => unit.seal('赵六', 'person/x'));
  const rowOf = async (sealed: string | undefined) =>
    store.read
      .selectFrom('vaultValue')
      .selectAll()
      .where('digest', '=', digestOf(sealed as string))
      .executeTakeFirstOrThrow();
  const own = await rowOf(mine);
  const value = (trx: Trx) => trx.updateTable('vaultValue').where('digest', '=', digestOf(mine as string));
  const key = (trx: Trx, subject: string) =>
    trx.updateTable('vaultKey').where('bookId', '=', county.bookId).where('subject', '=', subject);
  const ownKey = await keyRow(store.read, county.bookId, 'person/x');
  const twinCiphertext = (await rowOf(twin)).ciphertext;
  const otherCiphertext = (await rowOf(other)).ciphertext;
  const foreignCiphertext = (await rowOf(foreign)).ciphertext;
  const cases: readonly [string, (trx: Trx) => Promise<unknown>][] = [
    ['of another digest of the subject', (trx) => value(trx).set({ ciphertext: twinCiphertext }).execute()],
    ['of another subject', (trx) => value(trx).set({ ciphertext: otherCiphertext }).execute()],
    ['of another book', (trx) => value(trx).set({ ciphertext: foreignCiphertext }).execute()],
    ['given to another subject', (trx) => value(trx).set({ subject: 'person/y' }).execute()],
    ['given to another book', (trx) => value(trx).set({ bookId: neighbour.bookId }).execute()],
    [
      'given to another subject together with its key',
      async (trx) => {
        await key(trx, 'person/y').set({ wrappedKey: ownKey.wrappedKey }).execute();
        await value(trx).set({ subject: 'person/y' }).execute();
      },
    ],
    [
      'under a key of somebody else',
      async (trx) => {
        const { wrappedKey } = await keyRow(trx, county.bookId, 'person/y');
        await key(trx, 'person/x').set({ wrappedKey }).execute();
      },
    ],
    [
      'with one bit changed',
      (trx) =>
        value(trx)
          .set({ ciphertext: flipped(own.ciphertext) })
          .execute(),
    ],
    [
      'with one bit of its key changed',
      (trx) =>
        key(trx, 'person/x')
          .set({ wrappedKey: flipped(ownKey.wrappedKey) })
          .execute(),
    ],
    [
      'cut off',
      (trx) =>
        value(trx)
          .set({ ciphertext: own.ciphertext.slice(0, 40) })
          .execute(),
    ],
    ['empty', (trx) => value(trx).set({ ciphertext: '' }).execute()],
  ];
  for (const [name, change] of cases) {
    for (const [memory, keys] of [
      ['warm', store.keys],
      ['cold', new KeyRing(TEST_MASTER)],
    ] as const) {
      await t.rejects(
        tampered(store, change, (trx) => reveal(trx, keys, { mine })),
        { code: 'seal_broken' },
        `${name} (${memory})`,
      );
    }
  }
  t.strictSame(await shown(store, { mine, twin, other, foreign }), {
    mine: '张敏',
    twin: '李华',
    other: '王强',
    foreign: '赵六',
  });
  const content = sealContent(store.keys, ownKey, Buffer.from('%PDF-'));
  const at = (bookId: string, subject: string, sealed = content) =>
    openContent(store.read, store.keys, { bookId, subject }, sealed);
  await t.resolves(at(county.bookId, 'person/x'));
  await t.rejects(at(county.bookId, 'person/y'), { code: 'seal_broken' }, 'content of another subject');
  await t.rejects(at(neighbour.bookId, 'person/x'), { code: 'seal_broken' }, 'content of another book');
  const asContent = Buffer.from(own.ciphertext, 'base64');
  await t.rejects(at(county.bookId, 'person/x', asContent), { code: 'seal_broken' }, 'a value is no content');
  const erased = await tampered(
    store,
    (trx) => trx.deleteFrom('vaultKey').where('subject', '=', 'person/x').execute(),
    (trx) => reveal(trx, store.keys, { mine, other }),
  );
  t.strictSame(erased, { mine: ERASED, other: '王强' }, 'without its key a value is gone');
});

/** The same bytes with one bit of them changed. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[20] = (bytes[20] as number) ^ 1;
  return bytes.toString('base64');
}

forEachEngine('nobody can write what stands for a sealed value', async (t, store) => {
  const { county, station, actors } = await seedTree(store);
  const { ask } = await serve(t, store);
  const person = await store.read
    .selectFrom('person')
    .selectAll()
    .where('id', '=', actors.finance.personId)
    .executeTakeFirstOrThrow();
  const book = `/books/${county.bookId}`;
  const line = { fundId: 'f', amount: '1.00' };
  for (const stolen of [person.displayName, ` ${person.displayName}\n`, `sealed:${'0'.repeat(64)}`]) {
    const claim = claimInput(station.id, [line]);
    const withLine = { ...claim, lines: claim.lines.map((each) => ({ ...each, description: stolen })) };
    const asked: readonly [Actor, Method, string, object][] = [
      [actors.admin, 'POST', '/people', { ...NOBODY, organisationId: county.id, displayName: stolen }],
      [actors.finance, 'POST', `${book}/funds`, fundInput({ name: stolen })],
      [
        actors.finance,
        'POST',
        `${book}/funds`,
        fundInput({ terms: { type: 'local_budget', budgetCode: stolen } }),
      ],
      [actors.stationOperator, 'POST', `${book}/claims`, { ...claim, title: stolen }],
      [actors.stationOperator, 'POST', `${book}/claims`, { ...claim, payeeName: stolen }],
      [actors.stationOperator, 'POST', `${book}/claims`, withLine],
      [actors.stationOperator, 'POST', `${book}/claims/preview`, withLine],
      [actors.stationReviewer, 'POST', `${book}/claims/c/review`, { note: stolen }],
      [actors.finance, 'POST', `${book}/figure-explanations`, { topic: '福彩', text: stolen }],
      [actors.finance, 'GET', `/people?text=${encodeURIComponent(stolen)}`, {}],
    ];
    for (const [actor, method, path, body] of asked) {
      const answer = await ask(actor, method, path, method === 'GET' ? {} : { body });
      t.match(answer, { status: 400, body: { code: 'validation_failed' } }, `${method} ${path}`);
    }
    const upload = await ask(actors.finance, 'POST', `${book}/attachments`, {
      raw: Buffer.from('%PDF-1.7'),
      headers: { 'content-type': 'application/pdf', 'x-file-name': encodeURIComponent(stolen) },
    });
    t.match(upload, { status: 400, body: { code: 'validation_failed' } }, 'a file name');
  }
  const near = [
    `sealed:${'0'.repeat(63)}`,
    `sealed:${'0'.repeat(65)}`,
    `Sealed:${'0'.repeat(64)}`,
    `x sealed:${'0'.repeat(64)}`,
  ];
  for (const name of near) {
    const answer = await ask(actors.finance, 'POST', `${book}/funds`, { body: fundInput({ name }) });
    t.match(answer, { status: 201, body: { name } }, 'what only resembles it stays as it was typed');
  }
});

const NOBODY = { loginName: 'nobody', displayName: '无', password: null, roles: [] };
