import { Breather } from '../core/breather.js';
import { decide, ENGINE_VERSION } from './decide.js';
import type { Decision } from './decision.js';
import type { Facts } from './facts.js';
import { compilePacks, type PackSet, parsePack } from './load.js';
import type { Pack } from './pack.schema.js';

/** Makes decisions from packs and facts, the same ones for ever. */
interface Engine {
  readonly decide: (packs: PackSet, facts: Facts) => Decision;
}

/** Every engine whose decisions can be made again. One that made decisions stays when the next takes its place. */
const ENGINES: ReadonlyMap<string, Engine> = new Map([[ENGINE_VERSION, { decide }]]);

/** What is kept of the packs that were ever in force. */
export interface KeptPacks {
  /** Texts under the SHA-256 of their bytes; null where what is kept is another text. */
  readonly texts: ReadonlyMap<string, string | null>;
  /** SHA-256 of the packs that were in force together, in the order of their set. */
  readonly sets: readonly (readonly string[])[];
}

/** Why a decision cannot be made again: the engine, or the pack by its SHA-256. */
export interface Unjudged {
  readonly reason: 'engine_unknown' | 'pack_missing' | 'pack_damaged' | 'pack_unreadable';
  readonly what: string;
}
export const UNJUDGED_LABELS: Readonly<Record<Unjudged['reason'], string>> = {
  engine_unknown: '裁定引擎版本不在本程序内',
  pack_missing: '当时的政策包没有留存',
  pack_damaged: '留存的政策包已被改动',
  pack_unreadable: '留存的政策包本程序读不懂',
};

/** Places and dates are finite, callers are not: past this many the caches start anew. */
const MAX_KEPT = 10_000;

/** Decisions of the past, each under the packs that it names and the engine that made it. */
export class PolicyHistory {
  readonly #packs = new Map<string, Pack | Unjudged>();
  /** Hashes of the packs named, joined → their set. */
  readonly #sets = new Map<string, PackSet | Unjudged>();
  /** Place and date → the sets of packs that were in force there while some set was loaded, each as joined hashes. */
  readonly #inForce = new Map<string, ReadonlySet<string>>();
  readonly #loadedSets: PackSet[];

  constructor(
    private readonly loaded: PackSet,
    private readonly kept: KeptPacks,
  ) {
    for (const pack of loaded.packs) this.#packs.set(pack.sha256, pack);
    this.#loadedSets = [loaded];
    for (const hashes of kept.sets) this.#load(hashes);
  }

  /** The same while others have their turn: every pack that was kept takes some milliseconds to read. */
  static async open(
    loaded: PackSet,
    kept: KeptPacks,
    breather: Breather = new Breather(),
  ): Promise<PolicyHistory> {
    const history = new PolicyHistory(loaded, { ...kept, sets: [] });
    for (const hashes of kept.sets) {
      for (const sha256 of hashes) {
        history.#pack(sha256);
        if (breather.isDue) await breather.rest();
      }
      history.#load(hashes);
    }
    return history;
  }

  #load(hashes: readonly string[]): void {
    const set = this.#setOf(hashes);
    if (!('reason' in set)) this.#loadedSets.push(set);
  }

  /**
   * The decision once more. One that names packs which never were in force together at its place and date is made under
   * those loaded now, and so differs at least in `packs`.
   */
  decideAgain(
    { engine: version, packs }: Pick<Decision, 'engine' | 'packs'>,
    facts: Facts,
  ): Decision | Unjudged {
    const engine = ENGINES.get(version);
    if (!engine) return { reason: 'engine_unknown', what: version };
    const hashes = packs.map(({ sha256 }) => sha256);
    const set = this.#setOf(hashes);
    if ('reason' in set) return set;
    const wasInForce = this.#setsInForce(facts.divisionCode, facts.businessDate).has(hashes.join());
    return engine.decide(wasInForce ? set : this.loaded, facts);
  }

  /** The packs that a decision names. */
  packsOf({ packs }: Pick<Decision, 'packs'>): PackSet | Unjudged {
    return this.#setOf(packs.map(({ sha256 }) => sha256));
  }

  #setOf(hashes: readonly string[]): PackSet | Unjudged {
    const key = hashes.join();
    let set = this.#sets.get(key);
    if (set === undefined) {
      const packs = hashes.map((sha256) => this.#pack(sha256));
      const isPack = (pack: Pack | Unjudged): pack is Pack => !('reason' in pack);
      const sound = packs.filter(isPack);
      set =
        sound.length === packs.length
          ? compilePacks(sound)
          : (packs.find((pack) => !isPack(pack)) as Unjudged);
      keep(this.#sets, key, set);
    }
    return set;
  }

  #pack(sha256: string): Pack | Unjudged {
    let pack = this.#packs.get(sha256);
    if (pack === undefined) {
      pack = this.#read(sha256);
      this.#packs.set(sha256, pack);
    }
    return pack;
  }

  #read(sha256: string): Pack | Unjudged {
    const text = this.kept.texts.get(sha256);
    if (text === undefined) return { reason: 'pack_missing', what: sha256 };
    if (text === null) return { reason: 'pack_damaged', what: sha256 };
    try {
      return parsePack(sha256, Buffer.from(text, 'utf8'));
    } catch {
      return { reason: 'pack_unreadable', what: sha256 };
    }
  }

  #setsInForce(divisionCode: string, date: string): ReadonlySet<string> {
    const key = `${divisionCode} ${date}`;
    let sets = this.#inForce.get(key);
    if (sets === undefined) {
      const hashesOf = ({ index }: PackSet) =>
        index
          .packsInForce(divisionCode, date)
          .map(({ sha256 }) => sha256)
          .join();
      sets = new Set(this.#loadedSets.map(hashesOf));
      keep(this.#inForce, key, sets);
    }
    return sets;
  }
}

function keep<Value>(cache: Map<string, Value>, key: string, value: Value): void {
  if (cache.size >= MAX_KEPT) cache.clear();
  cache.set(key, value);
}
