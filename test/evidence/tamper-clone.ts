import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import type { Test } from 'tap';
import type { Engine, Store } from '../../src/db/store.js';
import { OutsideFile } from '../../src/evidence/index.js';
import { prepare, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';
import { signing, temporaryFolder } from './outside.js';
import { populate, type TamperWorld } from './tamper-world.js';

/** An installation as it stands on disk: a database, and the file of checkpoints beside it. */
export interface Installation {
  readonly store: Store;
  readonly world: TamperWorld;
  readonly file: string;
  readonly outside: OutsideFile;
}

/** A populated installation, and `count` copies of it that know nothing of each other. */
export async function populated(
  t: Test,
  engine: Engine,
  count: number,
): Promise<{ base: Installation; copies: Installation[] }> {
  const url = await testDatabaseUrl(t, engine);
  const store = await openAt(url);
  await prepare(store);
  const { checkpoints, file } = signing(t, store);
  const world = await populate(t, store, checkpoints);
  await store.close();
  const open = async (at: string, own: string): Promise<Installation> => {
    const opened = await openAt(at);
    t.teardown(() => opened.close());
    return { store: opened, world: { ...world, store: opened }, file: own, outside: OutsideFile.open(own) };
  };
  const copies: Installation[] = [];
  for (let copy = 0; copy < count; copy += 1) {
    const own = join(temporaryFolder(t), 'checkpoints.log');
    copyFileSync(file, own);
    copies.push(await open(await copyOf(t, url), own));
  }
  return { base: await open(url, file), copies };
}

/** A copy of a database that nobody has open, removed when `t` ends. */
async function copyOf(t: Test, url: string): Promise<string> {
  if (url.startsWith('sqlite:')) {
    const file = join(temporaryFolder(t), 'copy.db');
    const store = await openAt(url);
    await sql.raw(`vacuum into '${file}'`).execute(store.admin);
    await store.close();
    return `sqlite:${file}`;
  }
  const copy = `${url}_${serial++}`;
  const nameOf = (each: string) => each.slice(each.lastIndexOf('/') + 1);
  await administer(url, `create database "${nameOf(copy)}" template "${nameOf(url)}"`);
  t.teardown(() => administer(url, `drop database "${nameOf(copy)}" with (force)`));
  return copy;
}

let serial = 1;

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${url.slice(0, url.lastIndexOf('/'))}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
