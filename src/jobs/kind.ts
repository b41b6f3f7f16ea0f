import type { Writable } from 'node:stream';
import type { z } from 'zod';
import type { Store } from '../db/store.js';
import type { Checkpoints } from '../evidence/index.js';
import type { Caller } from '../organisations/index.js';
import type { PolicySource } from '../policy/index.js';

/** What jobs work with. */
export interface JobTools {
  readonly store: Store;
  readonly config: { readonly attachmentsDir: string; readonly jobsDir: string };
  readonly policy: PolicySource;
  readonly checkpoints: Checkpoints;
  readonly now: () => Date;
}

/** What is to be done, for whom, and where; `bookId` is null for what belongs to no single book. */
export interface JobTask<Input> {
  readonly caller: Caller;
  readonly bookId: string | null;
  readonly input: Input;
}

/** What a job is given while it runs. */
export interface JobRun {
  /** Aborted when somebody cancels it or the service stops; the job then ends by throwing, within some milliseconds. */
  readonly signal: AbortSignal;
  /** Cheap; `total` is null where nobody knows it. `message` is Chinese and may name persons: it is kept encrypted. */
  onProgress(done: number, total: number | null, message?: string): void;
  /** The bytes that were sent when it was asked for. @throws DomainError `seal_broken`; Error for a job without them */
  sent(): Promise<Buffer>;
  /** What its page shows even when the job does not end well: drafts that were made, faults. Replaces what was kept before. */
  keep(outcome: JobOutcome): void;
  /** Where the one file of the job goes. It is encrypted on its way, and there is none unless the job ends well. */
  file(name: string, mediaType: string): Promise<Writable>;
}

/** What came of it: JSON for the page of its kind (sealed texts as they are), and a Chinese sentence. */
export interface JobOutcome {
  readonly result: unknown;
  readonly message: string;
}

/**
 * One kind of long work: a file in `kinds/`, a line in `kinds/index.ts`, and, where it is started by
 * `POST /books/:bookId/jobs`, a member of `newJob`.
 */
export interface JobKind<Input> {
  readonly kind: string;
  /** Chinese. */
  readonly label: string;
  /** Parses what was asked, and again what was kept of it. */
  readonly inputSchema: z.ZodType<Input>;
  /** Who may download the file of an ended job is asked the same. Its refusal is logged under this action, if any. */
  readonly refusalAction?: string;
  /** Chinese, without names of persons: it is kept in clear. */
  title(input: Input): string;
  /** The same `may` as the direct route asks: at the start, again when it runs, again at the download. @throws DomainError */
  demand(tools: JobTools, task: JobTask<Input>): Promise<void>;
  /** Must let others have their turn every few milliseconds (`core/breather.ts`). @throws DomainError, the abort reason */
  run(tools: JobTools, task: JobTask<Input>, run: JobRun): Promise<JobOutcome>;
}

/** A kind whose input is parsed before it is used. */
export type AnyJobKind = JobKind<unknown>;

export function registered<Input>(kind: JobKind<Input>): AnyJobKind {
  const { inputSchema } = kind;
  const typed = (task: JobTask<unknown>) => ({ ...task, input: inputSchema.parse(task.input) });
  return {
    ...kind,
    title: (input) => kind.title(inputSchema.parse(input)),
    demand: (tools, task) => kind.demand(tools, typed(task)),
    run: (tools, task, run) => kind.run(tools, typed(task), run),
  };
}

/** The book of a task of a kind that always has one. */
export function bookOf({ bookId }: Pick<JobTask<unknown>, 'bookId'>): string {
  if (bookId === null) throw new Error('a job of this kind is started in a book');
  return bookId;
}
