/**
 * The one way a use case says no. `code` is stable and for programs, the message is Chinese and for people;
 * `http/errors.ts` maps codes to statuses. A `refusal` is a business decision (a rule, a duty, a limit) that
 * belongs in the audit log; the others are mistakes of form.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: string,
    message: string,
    readonly options: {
      readonly refusal?: boolean;
      /** For the caller: part of the problem document. */
      readonly details?: Record<string, unknown>;
      /** For the log: what the refusal was decided on. */
      readonly evidence?: Record<string, unknown>;
    } = {},
  ) {
    super(message);
  }
}

/** A refusal that the audit log records. */
export const refuse = (code: string, message: string, details?: Record<string, unknown>) =>
  new DomainError(code, message, { refusal: true, ...(details ? { details } : {}) });

export const notFound = (what: string) => new DomainError('not_found', `没有找到${what}，或您无权查看`);
