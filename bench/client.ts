import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { perSecond } from './report.js';

/** The load side of `submissions`: posts `{}` to every path once, a fixed number at a time. */
const { host, port, token, paths, connections } = workerData as {
  host: string;
  port: string;
  token: string;
  paths: readonly string[];
  connections: number;
};
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'content-length': 2 };

function post(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host, port, path, method: 'POST', headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => {
        if (response.statusCode && response.statusCode < 300) resolve();
        else reject(new Error(`${path} answered ${response.statusCode}: ${body}`));
      });
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}

parentPort?.postMessage(await perSecond(paths.length, connections, (n) => post(paths[n] as string)));
agent.destroy();
