import { setImmediate } from 'node:timers/promises';

/** How long work goes on before it lets others in. */
const SLICE_MS = 8;

/** Long work in slices: between two of them others have their turn, and whoever wants it ended is heard. */
export class Breather {
  #since = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  /** Cheap enough to ask for every row. */
  get isDue(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** @throws what the signal was aborted with */
  async rest(): Promise<void> {
    await setImmediate();
    this.signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
