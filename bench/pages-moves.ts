import type Sqlite from 'better-sqlite3';
import type { Fen } from '../src/core/money.js';

/** What the trigger of postings would have carried to the accounts. */
export class Moves {
  readonly #days = new Map<string, { inFen: Fen; outFen: Fen }>();

  add(fundId: string, day: string, from: string, to: string, amountFen: Fen): void {
    this.#of(fundId, day, from).outFen += amountFen;
    this.#of(fundId, day, to).inFen += amountFen;
  }

  #of(fundId: string, day: string, layer: string) {
    const key = `${fundId} ${day} ${layer}`;
    const known = this.#days.get(key);
    if (known) return known;
    const moved = { inFen: 0n, outFen: 0n };
    this.#days.set(key, moved);
    return moved;
  }

  write(db: Sqlite.Database): void {
    const [day, month] = (
      [
        ['accountDay', 'day', '"fundId", "day", "layer", "subject"'],
        ['accountMonth', 'month', '"fundId", "layer", "subject", "month"'],
      ] as const
    ).map(([name, column, key]) =>
      db.prepare(
        `insert into "${name}" ("fundId", "${column}", "layer", "subject", "inFen", "outFen", "withinFen")
         values (?, ?, ?, '', ?, ?, 0) on conflict (${key}) do update
         set "inFen" = "inFen" + excluded."inFen", "outFen" = "outFen" + excluded."outFen"`,
      ),
    ) as [Sqlite.Statement, Sqlite.Statement];
    const balances = new Map<string, Fen>();
    for (const [key, { inFen, outFen }] of this.#days) {
      const [fundId, date, layer] = key.split(' ') as [string, string, string];
      day.run(fundId, date, layer, inFen, outFen);
      month.run(fundId, date.slice(0, 7), layer, inFen, outFen);
      const account = `${fundId} ${layer}`;
      balances.set(account, (balances.get(account) ?? 0n) + inFen - outFen);
    }
    const move = db.prepare(
      `update account set balanceFen = balanceFen + ? where fundId = ? and layer = ? and subject = ''`,
    );
    const open = db.prepare(
      `insert into account (fundId, layer, subject, balanceFen) values (?, ?, '', 0) on conflict do nothing`,
    );
    for (const [account, balanceFen] of balances) {
      const [fundId, layer] = account.split(' ') as [string, string];
      open.run(fundId, layer);
      move.run(balanceFen, fundId, layer);
    }
  }
}
