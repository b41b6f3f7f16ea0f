import { startCluster } from './cluster.js';

/** tap's `before`: one PostgreSQL for the whole run. Its parent is the runner, as the test files' is. */
await startCluster(process.ppid);
