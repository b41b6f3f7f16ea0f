import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { z } from 'zod';
import { readConfig } from '../../src/config.js';
import type { Store } from '../../src/db/store.js';
import { demandVerify } from '../../src/evidence/index.js';
import { createLogger } from '../../src/http/logging.js';
import { bookOf, JOB_KINDS, type JobKind, Jobs, type JobView, registered } from '../../src/jobs/index.js';
import type { Actor } from '../../src/organisations/index.js';
import { signing, temporaryFolder } from '../evidence/outside.js';
import { standing, type World } from '../fixture.js';

export const NOW = '2022-07-31T02:00:00.000Z';

/** A kind of job that writes a file and ends when the test says so. */
export class Gate {
  readonly begun: string[] = [];
  readonly #open = new Map<string, () => void>();

  readonly kind: JobKind<{ name: string }> = {
    kind: 'gate',
    label: '等待',
    inputSchema: z.strictObject({ name: z.string() }),
    title: () => '等待放行',
    demand: ({ store }, task) => demandVerify(store.read, task.caller.actor, bookOf(task)),
    run: async (_tools, task, { signal, onProgress, file }) => {
      const { name } = task.input;
      const output = await file(`${name}.txt`, 'text/plain');
      output.write(`${name} `.repeat(50_000));
      onProgress(1, 2, `${name} 已写一半`);
      this.begun.push(name);
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        this.#open.set(name, resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      output.end('end');
      onProgress(2, 2);
      return { result: { name }, message: `${name} 已写完` };
    },
  };

  async until(name: string): Promise<void> {
    await eventually(() => this.begun.includes(name));
  }

  open(name: string): void {
    this.#open.get(name)?.();
  }
}

export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 20_000; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it never came to that');
}

/** One process of the service as far as jobs go; several may share a folder and a database. */
export function processOf(t: Test, store: Store, world: World, given: { folder?: string; gate?: Gate } = {}) {
  const folder = given.folder ?? join(temporaryFolder(t), 'jobs');
  const gate = given.gate ?? new Gate();
  const clock = { now: new Date(NOW) };
  const { checkpoints } = signing(t, store);
  const tools = {
    store,
    config: readConfig({ JOBS_DIR: folder, ATTACHMENTS_DIR: temporaryFolder(t) }),
    policy: standing(world.packs),
    checkpoints,
    logger: createLogger('silent'),
    now: () => clock.now,
  };
  const jobs = new Jobs(tools, [...JOB_KINDS, registered(gate.kind)]);
  t.teardown(() => jobs.close());
  const ended = async (actor: Actor, id: string): Promise<JobView> => {
    await jobs.whenEnded(id);
    return jobs.get(actor, id);
  };
  return { jobs, gate, clock, folder, tools, ended, files: () => filesOf(folder) };
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
