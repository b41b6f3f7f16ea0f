/** Long work that runs beside the requests. */
export interface JobTables {
  job: {
    id: string;
    kind: string;
    /** Null for work that belongs to no single book. */
    bookId: string | null;
    personId: string;
    /** The Idempotency-Key under which it was asked for, and the blind index of what was asked. */
    requestKey: string | null;
    requestHash: string | null;
    title: string;
    status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
    doneSteps: number;
    /** Null where nobody knows how many there are. */
    totalSteps: number | null;
    /** This and the next four: JSON, encrypted under the key of the job. */
    message: string;
    input: string;
    result: string | null;
    problem: string | null;
    file: string | null;
    wrappedKey: string;
    createdAt: string;
    startedAt: string | null;
    finishedAt: string | null;
    /** When the process that has it last said that it is alive. */
    heartbeatAt: string;
    /** That process. */
    ownerId: string;
    /** MAC of the row under the master key. */
    seal: string;
  };
}
