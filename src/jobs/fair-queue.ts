/**
 * Who is next: of those who wait, the person with the fewest running, then the one whose last turn is longest ago, then
 * whoever asked first.
 */
export class FairQueue<Item extends { readonly personId: string }> {
  readonly #waiting: Item[] = [];
  readonly #running = new Set<Item>();
  readonly #lastTurn = new Map<string, number>();
  #turn = 0;

  constructor(private readonly places: number) {}

  waitingOf(personId: string): number {
    return this.#waiting.filter((item) => item.personId === personId).length;
  }

  add(item: Item): void {
    this.#waiting.push(item);
  }

  /** Takes back what waits; false for what does not. */
  withdraw(item: Item): boolean {
    const index = this.#waiting.indexOf(item);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** Begins the next one, when a place is free and somebody waits. */
  next(): Item | null {
    if (this.#running.size >= this.places) return null;
    const rank = ({ personId }: Item) =>
      [this.#runningOf(personId), this.#lastTurn.get(personId) ?? 0] as const;
    const [first, ...others] = this.#waiting;
    if (!first) return null;
    const best = others.reduce((chosen, item) => {
      const [a, b] = [rank(chosen), rank(item)];
      return b[0] < a[0] || (b[0] === a[0] && b[1] < a[1]) ? item : chosen;
    }, first);
    this.withdraw(best);
    this.#running.add(best);
    this.#turn += 1;
    this.#lastTurn.set(best.personId, this.#turn);
    return best;
  }

  /** Frees the place of one that ran. */
  end(item: Item): void {
    this.#running.delete(item);
    const { personId } = item;
    if (this.#runningOf(personId) + this.waitingOf(personId) === 0) this.#lastTurn.delete(personId);
  }

  #runningOf(personId: string): number {
    return [...this.#running].filter((item) => item.personId === personId).length;
  }
}
