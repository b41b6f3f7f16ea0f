import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Trx } from '../db/store.js';
import type { LineRow } from './lines.repository.js';

const stationPools = prepared<{ fundId: string; stationId: string }, Pick<Row<'account'>, 'subject'>>(
  (db, value) =>
    db
      .selectFrom('account')
      .innerJoin('organisation as station', (join) => join.on('station.id', '=', value('stationId')))
      .select('account.subject')
      .where('fundId', '=', value('fundId'))
      .where('layer', '=', 'available')
      .where((where) =>
        where.or([
          where('subject', '=', value('stationId')),
          where('subject', '=', where.ref('station.parentId')),
        ]),
      ),
);

/** The pool a line draws on: the station's, else its township's, where the fund was allotted to it; else the common one. */
export async function poolOf(trx: Trx, line: Pick<LineRow, 'fundId' | 'stationId'>): Promise<string> {
  if (!line.stationId) return '';
  const rows = await stationPools(trx, { fundId: line.fundId, stationId: line.stationId });
  const subjects = rows.map((row) => row.subject);
  return subjects.includes(line.stationId) ? line.stationId : (subjects[0] ?? '');
}
