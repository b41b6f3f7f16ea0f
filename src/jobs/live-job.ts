import type { Store } from '../db/store.js';
import { changed, isEnded, type JobChanges, type JobRow, saveLive } from './job-row.js';
import type { AnyJobKind, JobOutcome } from './kind.js';

/** Why a job was ended before its end. */
export class JobEnd extends Error {
  constructor(
    readonly status: 'cancelled' | 'interrupted',
    message: string,
  ) {
    super(message);
  }
}

type Progress = Pick<JobChanges, 'doneSteps' | 'totalSteps' | 'message'>;

/** A job that this process has, from its asking to its end. */
export class LiveJob {
  readonly controller = new AbortController();
  /** Fulfilled with what the row is at last. */
  readonly ended: Promise<void>;
  /** How far it is, which the row says only now and then. */
  progress: Progress = {};
  /** What is shown of it even when it does not end well. */
  kept: JobOutcome | null = null;
  /** As it will be when what is under way is written. */
  #next: JobRow;
  #isDirty = false;
  #savedAtMs = performance.now();
  #saving: Promise<boolean> = Promise.resolve(true);
  #settle: () => void = () => {};

  constructor(
    private readonly store: Store,
    readonly kind: AnyJobKind,
    readonly input: unknown,
    /** As it is in the database. */
    public row: JobRow,
  ) {
    this.#next = row;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get personId(): string {
    return this.row.personId;
  }

  report(doneSteps: number, totalSteps: number | null, message?: string): void {
    this.progress = {
      ...this.progress,
      doneSteps,
      totalSteps,
      ...(message === undefined ? {} : { message }),
    };
    this.#isDirty = true;
  }

  /** Writes how far it is, or at least that its process lives. */
  beat(heartbeatAt: string, quietMs: number): void {
    if (isEnded(this.#next)) return;
    if (!this.#isDirty && performance.now() - this.#savedAtMs < quietMs) return;
    void this.save({ heartbeatAt, ...this.progress }).catch((error: Error) => this.controller.abort(error));
  }

  /** One after another; false when another process has ended the job meanwhile, which ends it here as well. */
  save(changes: JobChanges): Promise<boolean> {
    this.#isDirty = false;
    this.#savedAtMs = performance.now();
    this.#next = changed(this.store.keys, this.#next, changes);
    const row = this.#next;
    const before = this.#saving;
    this.#saving = (async () => {
      await before.catch(() => false);
      const isOurs = await saveLive(this.store, row);
      if (isOurs) this.row = row;
      else this.controller.abort(new JobEnd('cancelled', '任务已在别处结束'));
      return isOurs;
    })();
    return this.#saving;
  }

  settle(): void {
    this.#settle();
  }
}
