import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../core/errors.js';
import { defaultPackFolder, loadPacks, type PackSet } from './load.js';
import type { PackFault } from './read.js';

/** Why the newest state of the folder is not in force. */
export interface ShelfFault {
  /** When it was tried, ISO 8601. */
  readonly at: string;
  readonly message: string;
  readonly faults: readonly PackFault[];
}

/** Where a running service takes its packs from. */
export interface PolicySource {
  readonly current: PackSet;
  /** When the set in force was loaded, ISO 8601. */
  readonly loadedAt: string;
  /** Null while the folder's newest state is in force. */
  readonly fault: ShelfFault | null;
  /** Loads the folder anew; whether another set is in force since. Never throws for what is in the folder. */
  reload(now: Date): Promise<boolean>;
}

/**
 * The packs of a running service. A folder that loads without a fault takes the place of the former set whole; one
 * that does not changes nothing: the last good set goes on deciding, and `fault` says so until the folder is mended.
 */
export class PackShelf implements PolicySource {
  #current: PackSet;
  #fault: ShelfFault | null = null;
  #loadedAt: string;
  #seen: string;
  #underWay: Promise<boolean> | null = null;

  private constructor(
    readonly folder: string,
    now: Date,
    /** Runs before a new set is put in force: it is kept where decisions under it can be made again. */
    private readonly adopt: (packs: PackSet) => Promise<void>,
  ) {
    this.#seen = stateOf(folder);
    this.#current = loadPacks(folder);
    this.#loadedAt = now.toISOString();
  }

  /** @throws DomainError `policy_packs_invalid`: a service without sound packs does not start. */
  static async open(
    now: Date,
    { folder = defaultPackFolder(), adopt = async () => {} }: ShelfOptions = {},
  ): Promise<PackShelf> {
    const shelf = new PackShelf(folder, now, adopt);
    await adopt(shelf.current);
    return shelf;
  }

  get current(): PackSet {
    return this.#current;
  }
  get fault(): ShelfFault | null {
    return this.#fault;
  }
  get loadedAt(): string {
    return this.#loadedAt;
  }

  /** Looks at the folder again, if anything in it has changed. Whether another set is in force since. */
  async refresh(now: Date): Promise<boolean> {
    return stateOf(this.folder) === this.#seen ? false : this.reload(now);
  }

  reload(now: Date): Promise<boolean> {
    this.#underWay ??= this.#load(now).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #load(now: Date): Promise<boolean> {
    this.#seen = stateOf(this.folder);
    try {
      const next = loadPacks(this.folder);
      const isOther = hashesOf(next) !== hashesOf(this.#current);
      if (isOther) await this.#adopt(next, now);
      this.#fault = null;
      return isOther;
    } catch (error) {
      const faults = error instanceof DomainError ? error.options.details?.faults : undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.#fault = { at: now.toISOString(), message, faults: (faults as PackFault[] | undefined) ?? [] };
      return false;
    }
  }

  async #adopt(next: PackSet, now: Date): Promise<void> {
    try {
      await this.adopt(next);
    } catch (error) {
      // Not the folder's fault: tried again though the folder stays as it is.
      this.#seen = '';
      throw error;
    }
    this.#current = next;
    this.#loadedAt = now.toISOString();
  }
}

export interface ShelfOptions {
  readonly folder?: string | undefined;
  readonly adopt?: (packs: PackSet) => Promise<void>;
}

const hashesOf = ({ packs }: PackSet) => packs.map(({ file, sha256 }) => `${file} ${sha256}`).join('\n');

/** Changes whenever a file of the folder may have changed; a folder that cannot be read is a state too. */
function stateOf(folder: string): string {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => {
        const { size, mtimeMs } = statSync(join(folder, name));
        return `${name} ${size} ${mtimeMs}`;
      })
      .join('\n');
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : error}`;
  }
}

/** Looks at the folder every so often until the returned function is called; `onChange` hears of each new state. */
export function keepFresh(
  shelf: PackShelf,
  options: { readonly everyMs: number; readonly now: () => Date; readonly onChange: () => void },
): () => void {
  let told = shelf.fault?.message ?? null;
  const timer = setInterval(() => {
    void shelf.refresh(options.now()).then((isOther) => {
      const fault = shelf.fault?.message ?? null;
      if (isOther || fault !== told) options.onChange();
      told = fault;
    });
  }, options.everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
