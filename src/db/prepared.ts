import type { Compilable, CompiledQuery } from 'kysely';
import type { Db, Trx } from './store.js';

/** Stands for an argument while a query is compiled. */
class Placeholder {
  constructor(readonly name: string) {}
}

/** Gives the placeholder of an argument, typed as the argument's value. */
type Argument<Args> = <Name extends keyof Args & string>(name: Name) => Args[Name];

/**
 * A query of fixed shape for the hot path, built and compiled once per engine: building anew costs more than
 * running (D8). `build` must use `argument` for every value that changes.
 */
export function prepared<Args extends object, Output = unknown>(
  build: (db: Db | Trx, argument: Argument<Args>) => Compilable<Output>,
): (db: Db | Trx, args: Args) => Promise<Output[]> {
  const compiled = new WeakMap<object, CompiledQuery<Output>>();
  return async (db, args) => {
    const { adapter } = db.getExecutor();
    let query = compiled.get(adapter);
    if (!query) {
      query = build(db, (name) => new Placeholder(name) as never).compile() as CompiledQuery<Output>;
      compiled.set(adapter, query);
    }
    const values = args as Record<string, unknown>;
    const parameters = query.parameters.map((value) =>
      value instanceof Placeholder ? values[value.name] : value,
    );
    return (await db.executeQuery<Output>({ ...query, parameters })).rows;
  };
}
