import { refuse } from '../core/errors.js';

interface EngineError {
  readonly code?: string;
  readonly constraint?: string;
  readonly message?: string;
}

/** Thrown by a command to be run again from the start. */
export class RetryCommand extends Error {
  readonly code = '40001';
}

/** A lost race that a second try can win: PostgreSQL serialization failure and deadlock, SQLite busy. */
export function isRetryable(error: unknown): boolean {
  const { code } = (error ?? {}) as EngineError;
  return code === '40001' || code === '40P01' || code === 'SQLITE_BUSY' || code === 'SQLITE_BUSY_SNAPSHOT';
}

/** What the database's own guards say in words of the field. The use cases check first; these are the backstop. */
const GUARDS: readonly [pattern: RegExp, code: string, message: string][] = [
  [/account_sign/, 'insufficient_balance', '可用余额不足：这笔记录会使账户出现负数，未予记账'],
  [/invoice_within_face/, 'invoice_overused', '发票累计报销金额超过票面金额，未予受理'],
  [/append_only/, 'append_only', '账簿与日志只能追加，不能修改或删除'],
  [/already_exists/, 'already_exists', '已有相同的记录，不能重复登记'],
  [/period_closed/, 'period_closed', '该会计期间已结账，不能再记入这一期间的业务'],
];

/** A sum beyond 64 bits: PostgreSQL says so; SQLite overflows to REAL, or its driver refuses to bind it. */
function isOutOfRange(error: unknown): boolean {
  const { code, message } = (error ?? {}) as EngineError;
  if (error instanceof RangeError) return /bigint/i.test(message ?? '');
  return (
    code === '22003' || (code === 'SQLITE_CONSTRAINT_DATATYPE' && /cannot store REAL/.test(message ?? ''))
  );
}

export function translateDatabaseError(error: unknown): unknown {
  const { code, constraint, message } = (error ?? {}) as EngineError;
  if (isOutOfRange(error)) return refuse('amount_out_of_range', '金额合计超出系统能准确记录的范围，未予记账');
  if (code === undefined) return error;
  const said = `${constraint ?? ''} ${message ?? ''}`;
  for (const [pattern, guardCode, text] of GUARDS) if (pattern.test(said)) return refuse(guardCode, text);
  if (code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return refuse('already_exists', '已有相同的记录，不能重复登记', { constraint: constraint ?? message });
  }
  return error;
}
