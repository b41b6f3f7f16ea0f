import { findCluster, stopCluster } from './cluster.js';

/** tap's `after`. */
const cluster = findCluster(process.ppid);
if (cluster) await stopCluster(cluster, process.ppid);
